import type { Locator, Page } from '@playwright/test';

/** Where a person is asked whether an app or a device may be let in. */
export class ConsentPage {
  readonly heading: Locator;
  readonly allow: Locator;
  readonly deny: Locator;
  /** What the app would get. */
  readonly scopes: Locator;
  readonly warning: Locator;
  readonly code: Locator;
  readonly goOn: Locator;

  constructor(page: Page) {
    this.heading = page.getByRole('heading', { level: 1 });
    this.allow = page.getByRole('button', { name: 'Allow' });
    this.deny = page.getByRole('button', { name: 'Deny' });
    this.scopes = page.locator('.consent-scope');
    this.warning = page.locator('.notice--warning');
    this.code = page.getByLabel('Code');
    this.goOn = page.getByRole('button', { name: 'Continue' });
  }
}
