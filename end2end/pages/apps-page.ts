import type { Locator, Page } from '@playwright/test';

/** The list of OAuth apps, and below it those from elsewhere. */
export class AppsPage {
  readonly #page: Page;
  readonly register: Locator;
  readonly changeRule: Locator;
  readonly elsewhere: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.register = page.getByRole('link', { name: /^Register (app|your first app)$/ }).first();
    this.changeRule = page.getByRole('link', { name: 'Change rule' });
    this.elsewhere = page.getByRole('region', { name: 'Apps from elsewhere' });
  }

  row(name: string): Locator {
    return this.#page.getByRole('row').filter({ has: this.#page.getByRole('link', { name, exact: true }) });
  }

  /** An app from elsewhere. */
  foreign(name: string): Locator {
    return this.elsewhere.getByRole('listitem').filter({ has: this.#page.getByRole('link', { name, exact: true }) });
  }

  /** Says which apps from elsewhere may be used. */
  async sayOfOthers(rule: 'Open' | 'With approval' | 'Off'): Promise<void> {
    await this.changeRule.click();
    await this.#page.getByRole('radio', { name: new RegExp(`^${rule}`) }).check();
    await this.#page.getByRole('button', { name: 'Save rule' }).click();
  }
}
