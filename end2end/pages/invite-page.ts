import type { Locator, Page } from '@playwright/test';

/** For whom an invitation is and as what; and the page that shows its link, once. */
export class InvitePage {
  readonly #page: Page;
  readonly email: Locator;
  readonly create: Locator;
  readonly url: Locator;
  readonly copied: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.email = page.getByRole('textbox', { name: 'E-mail' });
    this.create = page.getByRole('button', { name: 'Create invitation' });
    this.url = page.getByRole('textbox', { name: 'Link' });
    this.copied = page.getByRole('link', { name: 'I have copied it' });
  }

  async open(slug: string): Promise<void> {
    await this.#page.goto(`/w/${slug}/members/invite`);
  }

  role(title: string): Locator {
    return this.#page.getByRole('group', { name: 'Role' }).getByRole('radio', { name: new RegExp(`^${title}\\b`) });
  }

  /** Makes an invitation. Answers with its link, of which the browser is then told that it is copied. */
  async submit(email: string, role: string): Promise<string> {
    await this.email.fill(email);
    await this.role(role).check();
    await this.create.click();
    const url = await this.url.inputValue();
    await this.copied.click();
    return url;
  }
}
