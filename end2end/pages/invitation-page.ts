import type { Locator, Page } from '@playwright/test';

/** What the link of an invitation opens, for whom it may concern. */
export class InvitationPage {
  readonly #page: Page;
  readonly heading: Locator;
  readonly email: Locator;
  readonly name: Locator;
  readonly password: Locator;
  /** With a new account. */
  readonly joinButton: Locator;
  /** Of somebody who is signed in. */
  readonly accept: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.heading = page.getByRole('heading', { level: 1 });
    this.email = page.getByRole('textbox', { name: 'E-mail' });
    this.name = page.getByRole('textbox', { name: 'Your name' });
    this.password = page.getByLabel('Password');
    this.joinButton = page.getByRole('button', { name: 'Create account and join' });
    this.accept = page.getByRole('button', { name: 'Join', exact: true });
  }

  async open(url: string): Promise<void> {
    await this.#page.goto(url);
  }

  async join(name: string, password: string): Promise<void> {
    await this.name.fill(name);
    await this.password.fill(password);
    await this.joinButton.click();
  }
}
