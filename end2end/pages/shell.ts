import type { Locator, Page } from '@playwright/test';

export type Theme = 'System' | 'Light' | 'Dark';

/** What surrounds every page: navigation, account menu, messages. */
export class Shell {
  readonly #page: Page;
  readonly navigation: Locator;
  readonly accountButton: Locator;
  /** What was just done. */
  readonly toast: Locator;
  readonly heading: Locator;
  /** Where the page stands in the product's menu, its own name excepted. */
  readonly trail: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.navigation = page.getByRole('navigation', { name: 'Main' });
    this.accountButton = page.getByRole('button', { name: 'account menu' });
    this.toast = page.getByRole('status').getByRole('paragraph');
    this.heading = page.getByRole('heading', { level: 1 });
    this.trail = page.getByRole('main').locator('.page-header__path');
  }

  async signOut(): Promise<void> {
    await this.accountButton.click();
    await this.#page.getByRole('button', { name: 'Sign out', exact: true }).click();
  }

  /** Signed in, the themes are in the account menu; before that, at the foot of the page. */
  async chooseTheme(theme: Theme): Promise<void> {
    await this.#openMenu();
    await this.themeButton(theme).click();
  }

  themeButton(theme: Theme): Locator {
    return this.#page.getByRole('group', { name: 'Theme' }).getByRole('button', { name: theme });
  }

  async #openMenu(): Promise<void> {
    if (await this.accountButton.isVisible()) await this.accountButton.click();
  }
}
