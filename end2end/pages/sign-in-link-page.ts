import type { Locator, Page } from '@playwright/test';

/** What a one-time link of the operator's own site opens. */
export class SignInLinkPage {
  readonly #page: Page;
  readonly go: Locator;
  readonly closed: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.go = page.getByRole('button', { name: /^Continue to .+ as / });
    this.closed = page.getByRole('heading', { name: 'This sign-in link does not work' });
  }

  async open(url: string): Promise<void> {
    await this.#page.goto(url);
  }
}
