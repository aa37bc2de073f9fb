import type { Locator, Page } from '@playwright/test';

export class LoginPage {
  readonly #page: Page;
  readonly email: Locator;
  readonly password: Locator;
  readonly submit: Locator;
  /** Why the last try failed. */
  readonly problem: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.email = page.getByLabel('E-mail');
    this.password = page.getByLabel('Password');
    this.submit = page.getByRole('button', { name: 'Sign in' });
    this.problem = page.getByRole('alert');
  }

  async open(): Promise<void> {
    await this.#page.goto('/login');
  }

  async signIn(who: { email: string; password: string }): Promise<void> {
    await this.email.fill(who.email);
    await this.password.fill(who.password);
    await this.submit.click();
  }
}
