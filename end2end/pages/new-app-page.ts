import type { Locator, Page } from '@playwright/test';

export interface AppChoices {
  name?: string;
  /** Where it runs. */
  kind?: 'Server' | 'Browser or native' | 'Device' | 'Machine';
  /** One a line. */
  redirects?: string;
  scopes?: string[];
}

/** The form that registers an app. */
export class NewAppPage {
  readonly #page: Page;
  readonly name: Locator;
  readonly redirects: Locator;
  readonly submitButton: Locator;
  /** What is wrong with the addresses, line by line. */
  readonly wrongLines: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.name = page.getByRole('textbox', { name: 'Name' });
    this.redirects = page.getByRole('textbox', { name: 'Redirect addresses' });
    this.submitButton = page.getByRole('button', { name: 'Register app' });
    this.wrongLines = page.locator('#redirect_uris-error .field__error');
  }

  kind(title: string): Locator {
    return this.#page.getByRole('radio', { name: new RegExp(`^${title}`) });
  }

  scope(name: string): Locator {
    return this.#page.getByRole('group', { name: 'Scopes' }).getByRole('checkbox', { name: new RegExp(`^${name}(\\s|$)`) });
  }

  async submit(choices: AppChoices): Promise<void> {
    if (choices.name !== undefined) await this.name.fill(choices.name);
    if (choices.kind !== undefined) await this.kind(choices.kind).check();
    if (choices.redirects !== undefined) await this.redirects.fill(choices.redirects);
    for (const scope of choices.scopes ?? []) await this.scope(scope).check();
    await this.submitButton.click();
  }
}
