import type { Locator, Page } from '@playwright/test';

export interface FirstOwner {
  name?: string;
  email?: string;
  password?: string;
  workspace?: string;
  /** The plan's title. */
  plan?: string;
}

export class SetupPage {
  readonly #page: Page;
  readonly name: Locator;
  readonly email: Locator;
  readonly password: Locator;
  readonly workspace: Locator;
  readonly submit: Locator;
  readonly closed: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.name = page.getByLabel('Your name');
    this.email = page.getByLabel('E-mail');
    this.password = page.getByLabel('Password');
    this.workspace = page.getByLabel(/^Name of your /);
    this.submit = page.getByRole('button', { name: /^Create / });
    this.closed = page.getByRole('heading', { name: 'This setup link does not work' });
  }

  plan(title: string): Locator {
    return this.#page.getByRole('radio', { name: title });
  }

  async fill(owner: FirstOwner): Promise<void> {
    if (owner.name !== undefined) await this.name.fill(owner.name);
    if (owner.email !== undefined) await this.email.fill(owner.email);
    if (owner.password !== undefined) await this.password.fill(owner.password);
    if (owner.workspace !== undefined) await this.workspace.fill(owner.workspace);
    if (owner.plan !== undefined) await this.plan(owner.plan).check();
  }

  async claim(owner: FirstOwner): Promise<void> {
    await this.fill(owner);
    await this.submit.click();
  }
}
