import type { Locator, Page } from '@playwright/test';

/** Requests that were refused, and one of them explained. */
export class RefusalsPage {
  readonly #page: Page;
  readonly heading: Locator;
  readonly pasted: Locator;
  readonly find: Locator;
  readonly apply: Locator;
  /** What narrows the list, each with the way to be rid of it. */
  readonly chips: Locator;
  /** The checks of one request, in their order. */
  readonly checks: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.heading = page.getByRole('heading', { level: 1 });
    this.pasted = page.getByRole('textbox', { name: 'Request id or key' });
    this.find = page.getByRole('button', { name: 'Find', exact: true });
    this.apply = page.getByRole('search').getByRole('button', { name: 'Filter' });
    this.chips = page.getByRole('list', { name: 'Filters in use' }).getByRole('link');
    this.checks = page.locator('.checks').getByRole('listitem');
  }

  async open(slug: string): Promise<void> {
    await this.#page.goto(`/w/${slug}/refusals`);
  }

  /** Looks for a request by its id, or for those of a key. */
  async lookFor(text: string): Promise<void> {
    await this.pasted.fill(text);
    await this.find.click();
  }

  /** Every line, without that of the headings. */
  get requests(): Locator {
    return this.#page.getByRole('table').getByRole('row').filter({ has: this.#page.getByRole('cell') });
  }

  /** "Key", "Reason". */
  choice(name: string): Locator {
    return this.#page.getByRole('search').getByRole('combobox', { name, exact: true });
  }
}
