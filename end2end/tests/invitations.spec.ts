import { daysAgo, rewrite } from '../fixtures/database.ts';
import { expect, test } from '../fixtures/test.ts';
import { InvitationPage } from '../pages/index.ts';

const EMAIL = 'grace@northwind.example';
const JOINED = { name: 'Grace Hopper', password: 'copper meadow lantern' };

test('an invitation works once: whoever opens it again is told', async ({ context, workspace, colleagues, members }) => {
  const url = await colleagues.link(context, workspace.slug, EMAIL, 'developer');
  const first = new InvitationPage(await (await colleagues.stranger()).newPage());
  await first.open(url);
  await first.join(JOINED.name, JOINED.password);
  await expect(first.heading).toHaveText('API keys');

  const second = new InvitationPage(await (await colleagues.stranger()).newPage());
  await second.open(url);
  await expect(second.heading).toHaveText('This invitation has been used');
  await members.open(workspace.slug);
  await expect(members.row(EMAIL)).toHaveCount(1);
});

test('of two who send the form of one invitation only one becomes a member', async ({ context, workspace, colleagues, members }) => {
  const url = await colleagues.link(context, workspace.slug, EMAIL, 'developer');
  const token = new URL(url).searchParams.get('token') ?? '';
  const [one, two] = [await colleagues.stranger(), await colleagues.stranger()];
  const join = (name: string) => ({ form: { token, name, password: JOINED.password }, maxRedirects: 0 });
  const answers = await Promise.all([one.request.post('/invite', join('One')), two.request.post('/invite', join('Two'))]);
  expect(answers.map((answer) => answer.status()).sort()).toEqual([303, 410]);
  await members.open(workspace.slug);
  await expect(members.row(EMAIL)).toHaveCount(1);
});

test('somebody else’s session cannot use an invitation, and does not use it up', async ({ page, context, workspace, joined, colleagues }) => {
  const url = await colleagues.link(context, workspace.slug, EMAIL, 'developer');
  const { page: theirs } = await joined('Mallory', 'viewer');
  await theirs.goto(url);
  await expect(theirs.getByRole('heading', { level: 1 })).toHaveText('This invitation is for somebody else');
  await expect(theirs.getByText('You are signed in as mallory@northwind.example')).toBeVisible();
  const token = new URL(url).searchParams.get('token') ?? '';
  const forced = await theirs.context().request.post('/invite', { form: { token } });
  expect(forced.status()).toBe(403);

  await theirs.getByRole('button', { name: 'Sign out' }).click();
  const invitation = new InvitationPage(theirs);
  await invitation.open(url);
  await invitation.join(JOINED.name, JOINED.password);
  await expect(invitation.heading).toHaveText('API keys');
  await page.goto(`/w/${workspace.slug}/members`);
  await expect(page.getByRole('row').filter({ hasText: EMAIL })).toHaveCount(1);
});

test('a revoked invitation opens nothing any more', async ({ context, workspace, colleagues, members, shell }) => {
  const url = await colleagues.link(context, workspace.slug, EMAIL, 'developer');
  await members.open(workspace.slug);
  await members.invitation(EMAIL).getByRole('link', { name: /^Revoke invitation/ }).click();
  await members.revokeInvitation.click();
  await expect(shell.toast).toHaveText(`The invitation for ${EMAIL} is revoked.`);
  await expect(members.invitation(EMAIL)).toHaveCount(0);
  const late = new InvitationPage(await (await colleagues.stranger()).newPage());
  await late.open(url);
  await expect(late.heading).toHaveText('This invitation was withdrawn');
});

test('an expired invitation opens nothing any more, and is shown as expired', async ({ context, instance, workspace, colleagues, members }) => {
  const url = await colleagues.link(context, workspace.slug, EMAIL, 'developer');
  await rewrite(instance, (database) => database.run('update invitations set expires_at = ?', [daysAgo(1)]));
  const late = new InvitationPage(await (await colleagues.stranger()).newPage());
  await late.open(url);
  await expect(late.heading).toHaveText('This invitation has expired');
  await members.open(workspace.slug);
  await expect(members.invitation(EMAIL)).toContainText('Expired');
});

test('a link that was never made says so, without saying whether there ever was one', async ({ page, workspace, invitation }) => {
  expect(workspace.slug).toBe('northwind');
  expect((await page.goto('/invite?token=nonsense'))?.status()).toBe(404);
  await expect(invitation.heading).toHaveText('This invitation link does not work');
});

test('faults of the forms are said beside their fields', async ({ page, context, workspace, invite, colleagues }) => {
  await invite.open(workspace.slug);
  await invite.email.fill('grace');
  await invite.create.click();
  await expect(invite.email).toHaveAttribute('aria-invalid', 'true');
  await expect(invite.email).toHaveValue('grace');

  const joining = new InvitationPage(await (await colleagues.stranger()).newPage());
  await joining.open(await colleagues.link(context, workspace.slug, EMAIL, 'developer'));
  await joining.join(' ', 'password1234');
  await expect(joining.name).toHaveAttribute('aria-invalid', 'true');
  await expect(joining.password).toHaveAccessibleDescription(/very common password/);
  await joining.join(JOINED.name, JOINED.password);
  await expect(joining.heading).toHaveText('API keys');
  await expect(page).toHaveURL(/invite/);
});

test('the link is shown once, and stands nowhere in the data', async ({ page, instance, workspace, invite, members }) => {
  await invite.open(workspace.slug);
  const url = await invite.submit(EMAIL, 'Viewer');
  const token = new URL(url).searchParams.get('token') ?? '';
  expect(token.length).toBeGreaterThan(40);
  await expect(members.invitation(EMAIL)).toBeVisible();
  await page.goBack();
  await page.waitForLoadState();
  expect(await page.content()).not.toContain(token);
  await instance.stop();
  for (const [name, bytes] of await instance.files()) {
    expect(bytes.includes(token.slice(0, 20)), `${name} holds a part of the token`).toBe(false);
  }
  expect(instance.output.replace(/http\S+\/setup\?token=\S+/g, '')).not.toContain(token.slice(0, 20));
});
