import type { Locator, Page } from '@playwright/test';

/** What the workspace pays for, and what the other plans bring. */
export class PlanPage {
  readonly #page: Page;
  readonly link: Locator;
  readonly change: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.link = page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Plan' });
    this.change = page.getByRole('link', { name: 'Change plan' });
  }

  async open(slug: string): Promise<void> {
    await this.#page.goto(`/w/${slug}/plan`);
  }

  row(title: string): Locator {
    const name = this.#page.getByRole('rowheader').filter({ hasText: title });
    return this.#page.getByRole('table', { name: 'Plans' }).getByRole('row').filter({ has: name });
  }
}
