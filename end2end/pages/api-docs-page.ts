import type { Locator, Page } from '@playwright/test';

/** The description of the management API, for people. */
export class ApiDocsPage {
  readonly #page: Page;
  readonly heading: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.heading = page.getByRole('heading', { level: 1 });
  }

  async open(): Promise<void> {
    await this.#page.goto('/api/docs');
  }
}
