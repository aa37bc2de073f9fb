import type { Locator, Page } from '@playwright/test';

/** The apps that a person, or a workspace, has let in. */
export class ConnectedPage {
  readonly #page: Page;
  readonly apps: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.apps = page.getByRole('table', { name: 'Connected apps' }).getByRole('row').filter({ has: page.getByRole('cell') });
  }

  async open(): Promise<void> {
    await this.#page.goto('/account/apps');
  }

  async disconnect(name: string): Promise<void> {
    await this.#page.getByRole('button', { name: `Disconnect ${name}` }).click();
  }
}
