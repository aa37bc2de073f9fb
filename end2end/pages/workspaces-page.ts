import type { Locator, Page } from '@playwright/test';

/** The places of a person, and the way between them. */
export class WorkspacesPage {
  readonly #page: Page;
  readonly switcher: Locator;
  readonly heading: Locator;
  readonly leaveButton: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.switcher = page.getByRole('link', { name: /switch to another$/ });
    this.heading = page.getByRole('heading', { level: 1 });
    this.leaveButton = page.getByRole('button', { name: 'Leave', exact: true });
  }

  async open(): Promise<void> {
    await this.#page.goto('/workspaces');
  }

  row(name: string): Locator {
    return this.#page.getByRole('main').getByRole('listitem').filter({ hasText: name });
  }

  async enter(name: string): Promise<void> {
    await this.row(name).getByRole('link', { name, exact: true }).click();
  }

  leaveLink(name: string): Locator {
    return this.row(name).getByRole('link', { name: `Leave ${name}` });
  }
}
