import type { Locator, Page } from '@playwright/test';
import { KeyFields } from './key-fields.ts';

export interface KeyChoices {
  label?: string;
  scopes?: string[];
  /** A number of days among the presets, `never`, or a date such as `2027-01-31`. */
  expiry?: string;
  note?: string;
  /** Its title. */
  environment?: string;
  /** Whose it will be. */
  owner?: 'mine' | 'workspace';
  /** One a line. */
  networks?: string;
}

export class NewKeyPage extends KeyFields {
  readonly #page: Page;
  readonly lastDay: Locator;
  readonly like: Locator;
  readonly fillIn: Locator;
  readonly createButton: Locator;
  readonly createAnyway: Locator;
  readonly cancel: Locator;

  constructor(page: Page) {
    super(page);
    this.#page = page;
    this.lastDay = page.getByLabel(/^Last day/);
    this.like = page.getByRole('combobox', { name: 'Start from an existing key' });
    this.fillIn = page.getByRole('button', { name: 'Fill in' });
    this.createButton = page.getByRole('button', { name: /^(Create|Generate) key$/i });
    this.createAnyway = page.getByRole('button', { name: 'Create anyway' });
    this.cancel = page.getByRole('link', { name: 'Cancel' });
  }

  expiry(choice: string): Locator {
    const title = { never: 'No expiry', custom: 'Custom' }[choice] ?? `${choice} days`;
    // "7 days" is not "37 days".
    return this.#page.getByRole('radio', { name: new RegExp(`^${title}\\b`) });
  }

  environment(title: string): Locator {
    return this.#page.getByRole('group', { name: 'Environment' }).getByRole('radio', { name: new RegExp(`^${title}\\b`) });
  }

  owner(whose: 'mine' | 'workspace'): Locator {
    const name = whose === 'mine' ? /^Mine\b/ : /^The \w+’s\b/;
    return this.#page.getByRole('group', { name: 'Owner' }).getByRole('radio', { name });
  }

  async fill(choices: KeyChoices): Promise<void> {
    if (choices.label !== undefined) await this.label.fill(choices.label);
    if (choices.environment !== undefined) await this.environment(choices.environment).check();
    for (const scope of choices.scopes ?? []) await this.scope(scope).check();
    if (choices.owner !== undefined) await this.owner(choices.owner).check();
    if (choices.note !== undefined) await this.note.fill(choices.note);
    if (choices.networks !== undefined) await this.fillNetworks(choices.networks);
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
