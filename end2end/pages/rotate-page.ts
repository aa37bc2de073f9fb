import type { Locator, Page } from '@playwright/test';

/** The question how long the old secret goes on working. */
export class RotatePage {
  readonly #page: Page;
  readonly choices: Locator;
  readonly hours: Locator;
  readonly rotate: Locator;
  readonly cancel: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.choices = page.getByRole('group', { name: 'How long does the old secret go on working?' });
    this.hours = page.getByRole('spinbutton', { name: 'Hours' });
    this.rotate = page.getByRole('button', { name: 'Rotate key' });
    this.cancel = page.getByRole('link', { name: 'Cancel' });
  }

  /** "Now", "1 hour", "24 hours", "7 days", "Custom". */
  grace(title: string): Locator {
    return this.choices.getByRole('radio', { name: new RegExp(`^${title}\\b`) });
  }

  /** Chooses by the title, or so many hours, and rotates. */
  async submit(grace: string | number): Promise<void> {
    if (typeof grace === 'number') {
      await this.grace('Custom').check();
      await this.hours.fill(String(grace));
    } else {
      await this.grace(grace).check();
    }
    await this.rotate.click();
  }

  /** Whether somebody is here. */
  heading(label: string): Locator {
    return this.#page.getByRole('heading', { name: `Rotate “${label}”` });
  }
}
