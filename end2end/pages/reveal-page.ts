import type { Locator, Page } from '@playwright/test';

/** The one page that shows a secret. */
export class RevealPage {
  readonly #page: Page;
  readonly heading: Locator;
  readonly secret: Locator;
  readonly copySecret: Locator;
  readonly stored: Locator;
  /** What has come with the new secret so far. */
  readonly firstCall: Locator;
  /** The way to look again where no script does. */
  readonly refresh: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.heading = page.getByRole('heading', { name: /is ready$/ });
    this.secret = page.getByRole('textbox', { name: 'Secret key' });
    this.copySecret = page.getByRole('button', { name: 'Copy secret' });
    this.stored = page.getByRole('link', { name: 'I have stored it' });
    this.firstCall = page.getByRole('region', { name: 'First request' });
    this.refresh = this.firstCall.getByRole('link', { name: 'Refresh' });
  }

  /** The text under a tab. */
  async snippet(tab: 'curl' | '.env' | 'Node.js'): Promise<string> {
    await this.#page.getByRole('radio', { name: tab }).check();
    return this.#page.getByRole('region', { name: 'example' }).innerText();
  }
}
