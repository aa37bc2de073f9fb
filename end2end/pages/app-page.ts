import type { Locator, Page } from '@playwright/test';

/** One app; and, right after it got a secret, the page that shows it once. */
export class AppPage {
  readonly #page: Page;
  readonly heading: Locator;
  readonly clientId: Locator;
  /** The same, below the name of an app. */
  readonly shownId: Locator;
  readonly secret: Locator;
  readonly stored: Locator;
  readonly edit: Locator;
  readonly rotate: Locator;
  readonly trace: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.heading = page.getByRole('heading', { level: 1 });
    this.clientId = page.getByRole('textbox', { name: 'client_id' });
    this.shownId = page.locator('.page-header code');
    this.secret = page.getByRole('textbox', { name: 'client_secret' });
    this.stored = page.getByRole('link', { name: 'I have stored it' });
    this.edit = page.getByRole('link', { name: 'Edit', exact: true });
    this.rotate = page.getByRole('link', { name: 'Rotate secret' });
    this.trace = page.getByRole('region', { name: 'Refused requests' });
  }

  /** What stands under a heading of the details. */
  fact(name: string): Locator {
    return this.#page.locator('.facts > div').filter({ has: this.#page.getByText(name, { exact: true }) }).locator('dd');
  }

  /** A button of the page, which in a narrow window stands in a menu. */
  button(name: string): Locator {
    return this.#page.getByRole('button', { name, exact: true });
  }
}
