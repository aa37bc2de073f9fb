import { makeKey } from '../fixtures/owner.ts';
import { expect, test } from '../fixtures/test.ts';

test.use({ profile: 'skedcast' });

const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

test('skedcast_01: Settings → Developer, for owners and managers; keys are sked_live_…', async ({
  page, workspace, shell, joined, newKey, reveal,
}) => {
  await page.goto(workspace.keys);
  await expect(shell.heading).toHaveText('Developer');
  await expect(shell.trail).toContainText('Settings');
  await expect(page.getByText(/Keys belong to this agency/)).toBeVisible();
  await page.goto(`${workspace.keys}/new`);
  await newKey.submit({ label: 'website', scopes: ['schedules:read'] });
  await expect(reveal.secret).toHaveValue(/^sked_live_[0-9A-Za-z]{43,}$/);

  const manager = await joined('Max Manager', 'manager');
  await manager.page.goto(workspace.keys);
  await expect(manager.page.getByRole('link', { name: 'Create key' })).toBeVisible();
  for (const role of ['agent', 'viewer']) {
    const { page: theirs, context } = await joined(`Una ${role}`, role);
    expect((await theirs.goto(workspace.keys))?.status(), role).toBe(403);
    await expect(theirs.getByRole('link', { name: 'Developer' })).toHaveCount(0);
    expect((await context.request.get('/api-keys')).status(), role).toBe(403);
    expect((await context.request.post('/api-keys', { data: { label: 'x', scopes: ['agency:read'] } })).status(), role).toBe(403);
  }
});

test('skedcast_02: a key never exceeds the member whose it is: not when it is made, not after a demotion', async ({
  page, context, instance, workspace, joined, members, key, call,
}) => {
  const manager = await joined('Max Manager', 'manager');
  await manager.page.goto(`${workspace.keys}/new`);
  await expect(manager.page.getByRole('checkbox', { name: /^agency:write/ })).toBeDisabled();
  await expect(manager.page.getByText('Your role (Manager) does not include this.')).toBeVisible();
  const beyond = { data: { label: 'x', scopes: ['agency:write'] } };
  expect((await manager.context.request.post('/api-keys', beyond)).status()).toBe(422);
  const { id, secret } = await makeKey(manager.context, instance, { label: 'website', scopes: ['agency:read', 'schedules:read'] });
  expect((await call(secret, '/v1/agency')).status).toBe(200);

  await members.open(workspace.slug);
  await members.askRole('Max Manager', 'Agent');
  await members.stop.check();
  await members.giveRole.click();
  await expect(members.row('Max Manager')).toContainText('Agent');
  const refused = await call(secret, '/v1/agency');
  expect(refused.status).toBe(403);
  expect((await call(secret, '/v1/schedules')).status).toBe(200);
  await key.open(workspace.keys, id);
  await expect(key.scope('agency:read')).toContainText('Not in effect: beyond the role of Max Manager (Agent)');

  // Somebody else's scopes cannot be widened beyond them either, not even by an owner.
  await page.goto(`${workspace.keys}/${id}/edit`);
  await expect(page.getByRole('checkbox', { name: /^agency:write/ })).toBeDisabled();
  expect((await context.request.get(`/api-keys/${id}`)).status()).toBe(200);
});

test('skedcast_03: an expiry is mandatory, and at most one year', async ({ page, context, workspace, newKey, reveal, key }) => {
  await page.goto(`${workspace.keys}/new`);
  await expect(newKey.expiry('never')).toHaveCount(0);
  await expect(newKey.expiry('90')).toBeChecked();
  await newKey.submit({ label: 'website', scopes: ['schedules:read'], expiry: day(400) });
  await expect(newKey.lastDay).toHaveAttribute('aria-invalid', 'true');
  for (const expires_in_days of [null, 366]) {
    const data = { label: 'rest', scopes: ['schedules:read'], expires_in_days };
    expect((await context.request.post('/api-keys', { data })).status(), String(expires_in_days)).toBe(422);
  }
  await newKey.submit({ expiry: day(300) });
  await reveal.stored.click();
  await expect(key.fact('Expires')).toContainText(/in (300 days|9 months|10 months)/);
});

test('skedcast_03: keys are rotated and revoked at any time', async ({ workspace, given, key, rotateKey, reveal, keys, call }) => {
  const { id, secret: old } = await given({ label: 'website' });
  await key.open(workspace.keys, id);
  await key.rotateLink.click();
  await rotateKey.submit('1 hour');
  const fresh = await reveal.secret.inputValue();
  expect(fresh).toMatch(/^sked_live_/);
  await reveal.stored.click();
  expect((await call(old)).status).toBe(200);
  expect((await call(fresh)).status).toBe(200);
  await key.revokeLink.click();
  await keys.revokeButton.click();
  await expect(keys.row('website')).toContainText('Revoked');
  expect((await call(old)).status).toBe(401);
  expect((await call(fresh)).status).toBe(401);
});

test('common_10: a removed member’s keys stop with 403, and go on for whoever takes them', async ({
  instance, workspace, joined, members, call,
}) => {
  const manager = await joined('Max Manager', 'manager');
  const made = await makeKey(manager.context, instance, { label: 'website', scopes: ['schedules:read'] });
  const gone = await joined('Gina Gone', 'manager');
  const stopped = await makeKey(gone.context, instance, { label: 'kiosk', scopes: ['schedules:read'] });
  await members.open(workspace.slug);
  await members.removeLink('Gina Gone').click();
  await members.stop.check();
  await members.remove.click();
  await expect(members.row('Gina Gone')).toHaveCount(0);
  expect((await call(stopped.secret, '/v1/schedules')).status).toBe(403);
  await members.removeLink('Max Manager').click();
  await members.handTo('Ada Lovelace');
  await members.remove.click();
  await expect(members.row('Max Manager')).toHaveCount(0);
  expect((await call(made.secret, '/v1/schedules')).status).toBe(200);
});
