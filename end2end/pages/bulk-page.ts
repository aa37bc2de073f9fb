import type { Locator, Page } from '@playwright/test';

/** What stops, before several keys are disabled or revoked. */
export class BulkPage {
  readonly #page: Page;
  readonly heading: Locator;
  readonly reason: Locator;
  readonly confirm: Locator;
  readonly keep: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.heading = page.getByRole('heading', { level: 1 });
    this.reason = page.getByRole('textbox', { name: /^Reason/ });
    this.confirm = page.getByRole('button', { name: /^(Disable|Revoke) \d+ key/ });
    this.keep = page.getByRole('link', { name: 'Keep them' });
  }

  /** The keys under a heading: "Used in the last 7 days", "Not used in the last 7 days", "Nothing to do". */
  under(title: string): Locator {
    const heading = this.#page.getByRole('heading', { name: title, exact: true });
    return this.#page.locator('section').filter({ has: heading }).getByRole('listitem');
  }
}
