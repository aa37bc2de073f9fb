import type { Locator, Page } from '@playwright/test';

/** A key for somebody else. */
export class HandOverPage {
  readonly heading: Locator;
  readonly heir: Locator;
  readonly handOver: Locator;

  constructor(page: Page) {
    this.heading = page.getByRole('heading', { name: /^Hand over “/ });
    this.heir = page.getByRole('combobox', { name: 'New owner' });
    this.handOver = page.getByRole('button', { name: 'Hand over' });
  }
}
