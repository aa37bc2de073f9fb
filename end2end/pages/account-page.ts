import type { Locator, Page } from '@playwright/test';

export class AccountPage {
  readonly #page: Page;
  readonly current: Locator;
  readonly password: Locator;
  readonly changePassword: Locator;
  /** The browsers in which the person is signed in. */
  readonly sessions: Locator;
  readonly signOutEverywhere: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.current = page.getByLabel('Current password');
    this.password = page.getByLabel('New password');
    this.changePassword = page.getByRole('button', { name: 'Change password' });
    this.sessions = page.getByRole('region', { name: 'Signed in' }).getByRole('listitem');
    this.signOutEverywhere = page.getByRole('button', { name: 'Sign out everywhere' });
  }

  async open(): Promise<void> {
    await this.#page.goto('/account');
  }

  async change(from: string, to: string): Promise<void> {
    await this.current.fill(from);
    await this.password.fill(to);
    await this.changePassword.click();
  }
}
