import type { Locator, Page } from '@playwright/test';
import { NewKeyPage, type KeyChoices } from './new-key-page.ts';
import { RevealPage } from './reveal-page.ts';

/** What can be asked of the list, by the words on the page. */
export interface KeysQuestion {
  search?: string;
  status?: string;
  scope?: string;
  owner?: string;
  expires?: string;
  lastUsed?: string;
  sort?: string;
}

/** The list of a workspace's keys. */
export class KeysPage {
  readonly #page: Page;
  readonly table: Locator;
  /** "Create key", or on an empty page "Create your first key". */
  readonly createLink: Locator;
  /** The question before a key ends: in a dialog, or on a page of its own. */
  readonly question: Locator;
  readonly reason: Locator;
  readonly revokeButton: Locator;
  readonly keepLink: Locator;
  readonly search: Locator;
  readonly apply: Locator;
  /** What is asked now, each with the way to ask it no longer. */
  readonly chips: Locator;
  readonly showAll: Locator;
  readonly nextPage: Locator;
  readonly firstPage: Locator;
  /** What can be done with the keys that are ticked. */
  readonly bulkBar: Locator;
  readonly pasted: Locator;
  readonly find: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.table = page.getByRole('table');
    this.createLink = page.getByRole('link', { name: /^(Create|Generate) key$/i });
    this.question = page.getByRole('heading', { name: /^Revoke “/ });
    this.reason = page.getByRole('textbox', { name: /^Reason/ });
    this.revokeButton = page.getByRole('button', { name: 'Revoke key' });
    this.keepLink = page.getByRole('link', { name: 'Keep the key' });
    this.search = page.getByRole('searchbox', { name: 'Search' });
    this.apply = page.getByRole('search').getByRole('button', { name: 'Filter' });
    this.chips = page.getByRole('list', { name: 'Filters in use' });
    this.showAll = page.getByRole('link', { name: 'Show all keys' });
    const pager = page.getByRole('navigation', { name: 'Pages' });
    this.nextPage = pager.getByRole('link', { name: 'Next page' });
    this.firstPage = pager.getByRole('link', { name: 'First page' });
    this.bulkBar = page.getByRole('form', { name: 'Selected keys' });
    this.pasted = page.getByRole('textbox', { name: 'Key', exact: true });
    this.find = page.getByRole('button', { name: 'Find', exact: true });
  }

  /** Opens the keys of a workspace; without one, of the person's first. */
  async open(path = '/'): Promise<void> {
    await this.#page.goto(path);
  }

  row(label: string): Locator {
    return this.table.getByRole('row').filter({ has: this.#page.getByRole('link', { name: label, exact: true }) });
  }

  /** The labels, from the top to the bottom. */
  get labels(): Locator {
    return this.table.getByRole('rowheader').getByRole('link');
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

  async show(label: string): Promise<void> {
    await this.row(label).getByRole('link', { name: label, exact: true }).click();
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

  async revoke(label: string, reason?: string): Promise<void> {
    await this.revokeLink(label).click();
    if (reason !== undefined) await this.reason.fill(reason);
    await this.revokeButton.click();
  }

  /** Asks, with the words on the page. What is not named stays as it is. */
  async ask(question: KeysQuestion): Promise<void> {
    if (question.search !== undefined) await this.search.fill(question.search);
    const choices = {
      Status: question.status,
      Scope: question.scope,
      Owner: question.owner,
      Expires: question.expires,
      'Last used': question.lastUsed,
      Sort: question.sort,
    };
    for (const [name, choice] of Object.entries(choices)) {
      if (choice === undefined) continue;
      const select = this.choice(name);
      if (!(await select.isVisible())) await this.#page.getByText('More filters').click();
      await select.selectOption(choice);
    }
    await this.apply.click();
  }

  choice(name: string): Locator {
    return this.#page.getByRole('search').getByRole('combobox', { name, exact: true });
  }

  chip(words: string): Locator {
    return this.chips.getByRole('link', { name: words });
  }

  /** Ticks keys and asks for what can be done with all of them. */
  async choose(labels: string[], work: 'Disable' | 'Revoke'): Promise<void> {
    for (const label of labels) await this.pick(label).check();
    await this.bulkBar.getByRole('button', { name: work }).click();
  }

  pick(label: string): Locator {
    return this.#page.getByRole('checkbox', { name: `Select ${label}`, exact: true });
  }

  /** Looks for a key that turned up somewhere. */
  async lookFor(text: string): Promise<void> {
    if (!(await this.pasted.isVisible())) await this.#page.getByText('Find a key by pasting it').click();
    await this.pasted.fill(text);
    await this.find.click();
  }
}
