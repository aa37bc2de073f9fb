import { makeKey, OWNER } from '../fixtures/owner.ts';
import { expect, test } from '../fixtures/test.ts';

const GRACE = { name: 'Grace Hopper', email: 'grace@northwind.example', password: 'copper meadow lantern' };

test('somebody is invited by a link, makes an account by it, and is a member', async ({
  page, workspace, members, invite, shell, colleagues, audit,
}) => {
  await page.goto(workspace.keys);
  await members.link.click();
  await expect(members.row(OWNER.name)).toContainText('Owner');
  await expect(page.getByText('Nobody is invited.')).toBeVisible();
  await members.inviteLink.click();
  const url = await invite.submit(GRACE.email, 'Developer');
  await expect(members.invitation(GRACE.email)).toContainText('Developer');
  await expect(members.invitation(GRACE.email)).toContainText(/in (6|7) days/);

  const theirs = await (await colleagues.stranger()).newPage();
  await theirs.goto(url);
  await expect(theirs.getByRole('heading', { level: 1 })).toHaveText('Join Northwind');
  await expect(theirs.getByText('Ada Lovelace has invited you as Developer.')).toBeVisible();
  await expect(theirs.getByRole('textbox', { name: 'E-mail' })).toHaveValue(GRACE.email);
  await theirs.getByRole('textbox', { name: 'Your name' }).fill(GRACE.name);
  await theirs.getByLabel('Password').fill(GRACE.password);
  await theirs.getByRole('button', { name: 'Create account and join' }).click();
  await expect(theirs).toHaveURL(workspace.keys);
  await expect(theirs.getByRole('status')).toContainText('Welcome to Northwind.');

  await members.open(workspace.slug);
  await expect(members.row(GRACE.name)).toContainText('Developer');
  await expect(members.invitation(GRACE.email)).toHaveCount(0);
  await audit.open();
  await expect(audit.entry(GRACE.email).first()).toBeVisible();
  await expect(shell.heading).toHaveText('Audit log');
});

test('common_01: only roles that may manage keys create, change or revoke them, from the dashboard and over REST alike', async ({
  workspace, given, joined, call,
}) => {
  const { id, secret } = await given({ label: 'ci' });
  const { context, page } = await joined('Vera Viewer', 'viewer');
  await page.goto(workspace.keys);
  await expect(page.getByText('Your role may see keys, not create or revoke them.')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Create key' })).toHaveCount(0);
  await expect(page.getByRole('checkbox')).toHaveCount(0);
  await page.goto(`${workspace.keys}/${id}`);
  for (const name of ['Edit', 'Rotate', 'Revoke', 'Make one like this']) {
    await expect(page.getByRole('link', { name, exact: true })).toHaveCount(0);
  }
  await expect(page.getByRole('button', { name: 'Disable' })).toHaveCount(0);

  for (const path of ['new', `${id}/edit`, `${id}/rotate`, `${id}/revoke`]) {
    expect((await page.goto(`${workspace.keys}/${path}`))?.status(), path).toBe(403);
  }
  const posts = ['new', 'bulk', `${id}/edit`, `${id}/rotate`, `${id}/rotation/finish`, `${id}/disable`, `${id}/enable`, `${id}/revoke`];
  for (const path of posts) {
    const form = path === 'bulk' ? { work: 'revoke', key: id, confirmed: '1' } : { label: 'mine', scopes: 'workflows:read' };
    expect((await context.request.post(`${workspace.keys}/${path}`, { form })).status(), path).toBe(403);
  }
  const rest = `/api/v1/workspaces/${workspace.slug}/api-keys`;
  expect((await context.request.post(rest, { data: { label: 'mine', scopes: ['workflows:read'] } })).status()).toBe(403);
  expect((await context.request.delete(`${rest}/${id}`)).status()).toBe(403);
  expect((await call(secret)).status).toBe(200);
});

test('common_10: a key never reaches further than its owner’s role, and demotion acts on the next call', async ({
  page, instance, workspace, joined, members, key, shell, call,
}) => {
  const grace = await joined(GRACE.name, 'admin');
  const scopes = ['workflows:read', 'workflows:run'];
  const { id, secret } = await makeKey(grace.context, instance, { label: 'graces', scopes });
  const run = () => call(secret, '/api/v1/workflows/wf_1001/run', 'POST');
  expect((await run()).status).toBeLessThan(300);

  await members.open(workspace.slug);
  await members.askRole(GRACE.name, 'Viewer');
  await expect(page.getByRole('heading', { name: 'Make Grace Hopper Viewer?' })).toBeVisible();
  await expect(members.keysQuestion).toHaveAccessibleName('What happens to 1 key?');
  await members.giveRole.click();
  await expect(members.keysQuestion).toHaveText(/Choose what happens to the 1 key of Grace Hopper\./);
  await members.stop.check();
  await members.giveRole.click();
  await expect(shell.toast).toContainText('Grace Hopper is Viewer now.');

  const refused = await run();
  expect(refused.status).toBe(403);
  expect(await refused.json()).toMatchObject({ error: 'insufficient_scope' });
  expect((await call(secret)).status).toBe(200);
  await key.open(workspace.keys, id);
  await expect(key.scope('workflows:run')).toContainText('Not in effect: beyond the role of Grace Hopper (Viewer)');
  await expect(key.scopes).toContainText('1 of 2 scopes in effect now.');
});

test('common_10: a removed member’s keys stop on the next call, with 403', async ({
  page, instance, workspace, joined, members, keys, key, shell, call,
}) => {
  const grace = await joined(GRACE.name, 'developer');
  const { id, secret } = await makeKey(grace.context, instance, { label: 'graces' });
  expect((await call(secret)).status).toBe(200);
  await members.open(workspace.slug);
  await expect(members.row(GRACE.name)).toContainText('Developer');
  await members.removeLink(GRACE.name).click();
  await expect(page.getByRole('heading', { name: 'Remove Grace Hopper from Northwind?' })).toBeVisible();
  await members.stop.check();
  await members.remove.click();
  await expect(shell.toast).toContainText('Grace Hopper is removed.');
  await expect(members.row(GRACE.name)).toHaveCount(0);

  const refused = await call(secret);
  expect(refused.status).toBe(403);
  expect(await refused.json()).toMatchObject({ error: 'forbidden', message: 'The owner of this API key is no longer a member.' });
  expect((await grace.page.goto(workspace.keys))?.status()).toBe(404);
  await page.goto(workspace.keys);
  await expect(await keys.cell('graces', 'Owner')).toContainText('left');
  await key.open(workspace.keys, id);
  await expect(key.main).toContainText('Grace Hopper, whose key this is, has left.');
});

test('a member who goes can hand the keys over: they go on working, as far as the new owner’s role reaches', async ({
  instance, workspace, joined, members, keys, key, shell, call, page,
}) => {
  const grace = await joined(GRACE.name, 'developer');
  const { id, secret } = await makeKey(grace.context, instance, { label: 'graces', scopes: ['workflows:read', 'workflows:run'] });
  await members.open(workspace.slug);
  await members.removeLink(GRACE.name).click();
  await members.handTo(OWNER.name);
  await members.remove.click();
  await expect(shell.toast).toContainText(/Grace Hopper is removed\..*1 key/);
  expect((await call(secret)).status).toBe(200);
  await page.goto(workspace.keys);
  await expect(await keys.cell('graces', 'Owner')).toContainText(OWNER.name);
  await key.open(workspace.keys, id);
  await expect(key.fact('Owner')).toContainText('Ada Lovelace (Owner)');
});

test('a single key is handed over, also when its owner has left', async ({
  instance, workspace, joined, members, key, handOver, shell, call,
}) => {
  const grace = await joined(GRACE.name, 'developer');
  const { id, secret } = await makeKey(grace.context, instance, { label: 'graces' });
  await members.open(workspace.slug);
  await members.removeLink(GRACE.name).click();
  await members.stop.check();
  await members.remove.click();
  await expect(shell.toast).toContainText('is removed');
  expect((await call(secret)).status).toBe(403);
  await key.open(workspace.keys, id);
  await key.handOverLink.click();
  await expect(handOver.heading).toContainText('graces');
  await handOver.heir.selectOption('Ada Lovelace (Owner)');
  await handOver.handOver.click();
  await expect(shell.toast).toHaveText('The key has a new owner.');
  expect((await call(secret)).status).toBe(200);
});

test('the last owner can be neither removed nor demoted', async ({ context, workspace, members }) => {
  await members.open(workspace.slug);
  await expect(members.row(OWNER.name)).toContainText('The last one: cannot leave');
  await expect(members.row(OWNER.name).getByRole('link')).toHaveCount(0);
  const list = await context.request.get(`/api/v1/workspaces/${workspace.slug}/members`);
  const { data } = (await list.json()) as { data: { id: string }[] };
  const path = `/w/${workspace.slug}/members/${data[0]?.id}`;
  expect((await context.request.post(`${path}/remove`, { form: { keys: 'stop' } })).status()).toBe(409);
  expect((await context.request.post(`${path}/role`, { form: { role: 'viewer', keys: 'stop' } })).status()).toBe(409);
  await members.open(workspace.slug);
  await expect(members.row(OWNER.name)).toContainText('Owner');
});

test('whoever may not manage members sees them only where the role lets them', async ({ workspace, joined, instance, context }) => {
  const dev = await joined('Dev Eloper', 'developer');
  await dev.page.goto(workspace.keys);
  await expect(dev.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Members' })).toHaveCount(0);
  expect((await dev.page.goto(`/w/${workspace.slug}/members`))?.status()).toBe(403);
  const form = { email: 'mallory@northwind.example', role: 'owner' };
  expect((await dev.context.request.post(`/w/${workspace.slug}/members/invite`, { form })).status()).toBe(403);
  const rest = `${instance.url}/api/v1/workspaces/${workspace.slug}/invitations`;
  expect((await dev.context.request.post(rest, { data: form })).status()).toBe(403);
  const log = await context.request.get(`/api/v1/workspaces/${workspace.slug}/audit`);
  expect(await log.text()).toContain('forbidden');
});

test('an admin cannot make owners, nor lay hands on one', async ({ workspace, joined }) => {
  const admin = await joined('Alma Admin', 'admin');
  await admin.page.goto(`/w/${workspace.slug}/members/invite`);
  await expect(admin.page.getByRole('radio', { name: /^Admin/ })).toBeVisible();
  await expect(admin.page.getByRole('radio', { name: /^Owner/ })).toHaveCount(0);
  const form = { email: 'mallory@northwind.example', role: 'owner' };
  const refused = await admin.context.request.post(`/w/${workspace.slug}/members/invite`, { form });
  expect([403, 422]).toContain(refused.status());
  await admin.page.goto(`/w/${workspace.slug}/members`);
  await expect(admin.page.getByRole('link', { name: /Ada Lovelace/ })).toHaveCount(0);
});

test('a member may leave, and takes a question about the keys along', async ({ instance, workspace, joined, members, call }) => {
  const grace = await joined(GRACE.name, 'developer');
  const { secret } = await makeKey(grace.context, instance, { label: 'graces' });
  const { page } = grace;
  await page.goto('/workspaces');
  await page.getByRole('link', { name: 'Leave Northwind' }).click();
  await expect(page.getByRole('heading', { name: 'Leave Northwind?' })).toBeVisible();
  await page.getByRole('radio', { name: /^Stop\b/ }).check();
  await page.getByRole('button', { name: 'Leave', exact: true }).click();
  await expect(page.getByRole('status')).toContainText('You have left Northwind.');
  await expect(page.getByRole('heading', { name: 'You are a member of no workspace' })).toBeVisible();
  expect((await call(secret)).status).toBe(403);
  await members.open(workspace.slug);
  await expect(members.row(GRACE.name)).toHaveCount(0);
});
