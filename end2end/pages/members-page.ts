import type { Locator, Page } from '@playwright/test';

/** Who works in a workspace, who is invited, and the questions before somebody goes or gets another role. */
export class MembersPage {
  readonly #page: Page;
  readonly link: Locator;
  readonly inviteLink: Locator;
  readonly continue: Locator;
  readonly giveRole: Locator;
  readonly remove: Locator;
  readonly leave: Locator;
  readonly keep: Locator;
  /** The keys stop; where only a role changes, they do less. */
  readonly stop: Locator;
  readonly handOver: Locator;
  readonly heir: Locator;
  readonly keysQuestion: Locator;
  readonly revokeInvitation: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.link = page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Members' });
    this.inviteLink = page.getByRole('link', { name: 'Invite', exact: true });
    this.continue = page.getByRole('button', { name: 'Continue' });
    this.giveRole = page.getByRole('button', { name: 'Change role' });
    this.remove = page.getByRole('button', { name: 'Remove member' });
    this.leave = page.getByRole('button', { name: 'Leave' });
    this.keep = page.getByRole('link', { name: 'Keep member' });
    this.stop = page.getByRole('radio', { name: /^(Stop|Leave as it is)\b/ });
    this.handOver = page.getByRole('radio', { name: /^Hand over\b/ });
    this.heir = page.getByRole('combobox', { name: 'New owner' });
    this.keysQuestion = page.getByRole('group', { name: /^What happens to/ });
    this.revokeInvitation = page.getByRole('button', { name: 'Revoke invitation' });
  }

  async open(slug: string): Promise<void> {
    await this.#page.goto(`/w/${slug}/members`);
  }

  row(name: string): Locator {
    return this.#page.getByRole('table', { name: 'Members' }).getByRole('row').filter({ hasText: name });
  }

  invitation(email: string): Locator {
    return this.#page.getByRole('table', { name: 'Invitations' }).getByRole('row').filter({ hasText: email });
  }

  removeLink(name: string): Locator {
    return this.row(name).getByRole('link', { name: `Remove ${name}` });
  }

  roleLink(name: string): Locator {
    return this.row(name).getByRole('link', { name: `Change role of ${name}` });
  }

  role(title: string): Locator {
    return this.#page.getByRole('group', { name: 'Role' }).getByRole('radio', { name: new RegExp(`^${title}\\b`) });
  }

  /** Gives somebody another role, as far as to the question what that means. */
  async askRole(name: string, title: string): Promise<void> {
    await this.roleLink(name).click();
    await this.role(title).check();
    await this.continue.click();
  }

  /** Answers that the keys go to this person. */
  async handTo(name: string): Promise<void> {
    await this.handOver.check();
    const option = this.heir.getByRole('option').filter({ hasText: name });
    await this.heir.selectOption(await option.innerText());
  }
}
