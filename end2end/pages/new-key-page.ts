import type { Locator, Page } from '@playwright/test';

export interface KeyChoices {
  label?: string;
  scopes?: string[];
  /** A number of days among the presets, `never`, or a date such as `2027-01-31`. */
  expiry?: string;
  note?: string;
}

export class NewKeyPage {
  readonly #page: Page;
  readonly label: Locator;
  readonly note: Locator;
  readonly lastDay: Locator;
  readonly createButton: Locator;
  readonly createAnyway: Locator;
  readonly cancel: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.label = page.getByLabel('Label');
    this.note = page.getByLabel('Note');
    this.lastDay = page.getByLabel(/^Last day/);
    this.createButton = page.getByRole('button', { name: 'Create key' });
    this.createAnyway = page.getByRole('button', { name: 'Create anyway' });
    this.cancel = page.getByRole('link', { name: 'Cancel' });
  }

  scope(name: string): Locator {
    return this.#page.getByRole('checkbox', { name });
  }

  expiry(choice: string): Locator {
    const title = { never: 'No expiry', custom: 'Custom' }[choice] ?? `${choice} days`;
    // "7 days" is not "37 days".
    return this.#page.getByRole('radio', { name: new RegExp(`^${title}\\b`) });
  }

  async fill(choices: KeyChoices): Promise<void> {
    if (choices.label !== undefined) await this.label.fill(choices.label);
    for (const scope of choices.scopes ?? []) await this.scope(scope).check();
    if (choices.note !== undefined) await this.note.fill(choices.note);
    if (choices.expiry === undefined) return;
    if (/^\d+-/.test(choices.expiry)) {
      await this.expiry('custom').check();
      await this.lastDay.fill(choices.expiry);
    } else {
      await this.expiry(choices.expiry).check();
    }
  }

  async submit(choices: KeyChoices): Promise<void> {
    await this.fill(choices);
    await this.createButton.click();
  }
}
