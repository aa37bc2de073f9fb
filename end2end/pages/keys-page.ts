import type { Locator, Page } from '@playwright/test';
import { NewKeyPage, type KeyChoices } from './new-key-page.ts';
import { RevealPage } from './reveal-page.ts';

/** The list of a workspace's keys. */
export class KeysPage {
  readonly #page: Page;
  readonly table: Locator;
  /** "Create key", or on an empty page "Create your first key". */
  readonly createLink: Locator;
  /** The question before a key ends: in a dialog, or on a page of its own. */
  readonly question: Locator;
  readonly revokeButton: Locator;
  readonly keepLink: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.table = page.getByRole('table');
    this.createLink = page.getByRole('link', { name: 'Create key' });
    this.question = page.getByRole('heading', { name: /^Revoke “/ });
    this.revokeButton = page.getByRole('button', { name: 'Revoke key' });
    this.keepLink = page.getByRole('link', { name: 'Keep the key' });
  }

  /** Opens the keys of a workspace; without one, of the person's first. */
  async open(path = '/'): Promise<void> {
    await this.#page.goto(path);
  }

  row(label: string): Locator {
    return this.table.getByRole('row').filter({ has: this.#page.getByRole('link', { name: label, exact: true }) });
  }

  /** A cell by its column's heading. */
  async cell(label: string, column: string): Promise<Locator> {
    const headings = await this.table.getByRole('columnheader').allInnerTexts();
    // The key itself is the row's header, not a cell.
    const index = headings.findIndex((heading) => heading.toLowerCase() === column.toLowerCase()) - 1;
    return this.row(label).getByRole('cell').nth(index);
  }

  usage(text: string): Locator {
    return this.#page.getByText(text, { exact: true });
  }

  revokeLink(label: string): Locator {
    return this.row(label).getByRole('link', { name: `Revoke ${label}` });
  }

  /** Makes a key by the form, and answers with the secret, of which the browser is then told that it is stored. */
  async create(choices: KeyChoices): Promise<string> {
    const reveal = new RevealPage(this.#page);
    await this.createLink.click();
    await new NewKeyPage(this.#page).submit(choices);
    const secret = await reveal.secret.inputValue();
    await reveal.stored.click();
    return secret;
  }

  async revoke(label: string): Promise<void> {
    await this.revokeLink(label).click();
    await this.revokeButton.click();
  }
}
