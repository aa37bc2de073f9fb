import type { Locator, Page } from '@playwright/test';

/** One key: how it stands, what it may do, what became of it. */
export class KeyPage {
  readonly #page: Page;
  readonly heading: Locator;
  readonly revokeLink: Locator;
  readonly scopes: Locator;
  readonly history: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.heading = page.getByRole('heading', { level: 1 });
    this.revokeLink = page.getByRole('link', { name: 'Revoke', exact: true });
    this.scopes = page.getByRole('region', { name: 'Scopes' });
    this.history = page.getByRole('region', { name: 'History' });
  }

  /** What is said under "Last used", "Expires", "Note" … */
  fact(name: string): Locator {
    const term = this.#page.getByRole('term').filter({ hasText: new RegExp(`^${name}$`) });
    return this.#page.getByRole('region', { name: 'Details' }).locator('div').filter({ has: term }).getByRole('definition');
  }
}
