import type { Download, Locator, Page } from '@playwright/test';

export class AuditPage {
  readonly #page: Page;
  readonly link: Locator;
  readonly apply: Locator;
  readonly chips: Locator;
  readonly clear: Locator;
  readonly older: Locator;
  readonly from: Locator;
  readonly to: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.link = page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Audit log' });
    const filters = page.getByRole('search');
    this.apply = filters.getByRole('button', { name: 'Filter' });
    this.clear = filters.getByRole('link', { name: 'Clear' });
    this.chips = page.getByRole('list', { name: 'Filters in use' }).getByRole('link');
    this.older = page.getByRole('link', { name: 'Older entries' });
    this.from = page.getByLabel('From (UTC)');
    this.to = page.getByLabel('To (UTC)');
  }

  async open(): Promise<void> {
    await this.link.click();
  }

  /** The line with all of these words. */
  entry(...words: string[]): Locator {
    const rows = this.#page.getByRole('table').getByRole('row');
    return words.reduce((found, word) => found.filter({ hasText: word }), rows);
  }

  /** Every line, without that of the headings. */
  get entries(): Locator {
    return this.#page.getByRole('table').getByRole('row').filter({ has: this.#page.getByRole('cell') });
  }

  /** "What", "Who", "Outcome". */
  choice(name: string): Locator {
    return this.#page.getByRole('search').getByRole('combobox', { name, exact: true });
  }

  /** Takes a copy of what is shown. */
  async export(kind: 'CSV' | 'JSON Lines'): Promise<Download> {
    const download = this.#page.waitForEvent('download');
    await this.#page.getByRole('link', { name: `Export ${kind}` }).click();
    return download;
  }
}
