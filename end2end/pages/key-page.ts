import type { Locator, Page } from '@playwright/test';

/** One key: how it stands, what it may do, what became of it. */
export class KeyPage {
  readonly #page: Page;
  readonly heading: Locator;
  readonly editLink: Locator;
  readonly rotateLink: Locator;
  readonly disableButton: Locator;
  readonly enableButton: Locator;
  readonly likeLink: Locator;
  readonly revokeLink: Locator;
  readonly handOverLink: Locator;
  readonly scopes: Locator;
  readonly history: Locator;
  /** Both secrets, while one replaces the other. */
  readonly rotation: Locator;
  readonly finish: Locator;
  readonly undo: Locator;
  /** That what was asked was not done, and why; or what the key's end or its owner mean. */
  readonly main: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.heading = page.getByRole('heading', { level: 1 });
    this.editLink = page.getByRole('link', { name: 'Edit', exact: true });
    this.rotateLink = page.getByRole('link', { name: 'Rotate', exact: true });
    this.disableButton = page.getByRole('button', { name: 'Disable', exact: true });
    this.enableButton = page.getByRole('button', { name: 'Enable', exact: true });
    this.likeLink = page.getByRole('link', { name: 'Make one like this' });
    this.revokeLink = page.getByRole('link', { name: 'Revoke', exact: true });
    this.handOverLink = page.getByRole('link', { name: 'Hand over' });
    this.scopes = page.getByRole('region', { name: 'Scopes' });
    this.history = page.getByRole('region', { name: 'History' });
    this.rotation = page.getByRole('region', { name: 'Two secrets' });
    this.finish = this.rotation.getByRole('button', { name: 'Finish now' });
    this.undo = this.rotation.getByRole('button', { name: 'Undo' });
    this.main = page.getByRole('main');
  }

  async open(keys: string, id: string): Promise<void> {
    await this.#page.goto(`${keys}/${id}`);
  }

  /** What is said under "Last used", "Expires", "Note" … */
  fact(name: string): Locator {
    const term = this.#page.getByRole('term').filter({ hasText: new RegExp(`^${name}$`) });
    return this.#page.getByRole('region', { name: 'Details' }).locator('div').filter({ has: term }).getByRole('definition');
  }

  /** What is said of the new or of the old secret. */
  secret(which: 'New' | 'Old'): Locator {
    const title = this.#page.getByRole('heading', { name: `${which} secret` });
    return this.rotation.locator('.rotation__secret').filter({ has: title });
  }

  /** Gives the old secret more time, or less: "1 hour", "24 hours", "7 days" from now. */
  async extend(title: string): Promise<void> {
    await this.rotation.getByRole('combobox', { name: 'How much longer' }).selectOption(`${title} from now`);
    await this.rotation.getByRole('button', { name: 'Extend' }).click();
  }

  /** A scope among those of the key. */
  scope(name: string): Locator {
    return this.scopes.getByRole('listitem').filter({ hasText: name });
  }
}
