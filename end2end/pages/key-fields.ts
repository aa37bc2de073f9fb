import type { Locator, Page } from '@playwright/test';

/** The fields that the forms of new and of existing keys share. */
export class KeyFields {
  readonly #page: Page;
  readonly label: Locator;
  readonly note: Locator;
  readonly networks: Locator;
  readonly searchScopes: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.label = page.getByRole('textbox', { name: /^Label/ });
    this.note = page.getByRole('textbox', { name: /^Note/ });
    this.networks = page.getByRole('textbox', { name: /^Allowed addresses/ });
    this.searchScopes = page.getByRole('searchbox', { name: 'Search scopes' });
  }

  /** The box of a scope by its name; of `*`, which people read as "Everything". */
  scope(name: string): Locator {
    const words = name === '*' ? 'Everything' : name;
    return this.#page.getByRole('group', { name: 'Scopes' }).getByRole('checkbox', { name: new RegExp(`^${words}(\\s|$)`) });
  }

  /** "Read only", "Everything I may", "None". */
  preset(title: string): Locator {
    return this.#page.getByRole('list', { name: 'Choose at once' }).getByRole('link', { name: title });
  }

  /** Networks are folded away until there are some. */
  async fillNetworks(text: string): Promise<void> {
    if (!(await this.networks.isVisible())) await this.#page.getByText('Restrict to addresses').click();
    await this.networks.fill(text);
  }
}
