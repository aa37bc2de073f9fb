import type { Locator, Page } from '@playwright/test';

export class AuditPage {
  readonly #page: Page;
  readonly link: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.link = page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Audit log' });
  }

  async open(): Promise<void> {
    await this.link.click();
  }

  /** The line with all of these words. */
  entry(...words: string[]): Locator {
    const rows = this.#page.getByRole('table').getByRole('row');
    return words.reduce((found, word) => found.filter({ hasText: word }), rows);
  }
}
