import { daysAgo, rewrite } from '../fixtures/database.ts';
import { expect, test } from '../fixtures/test.ts';

test.use({ profile: 'skaala' });

const SCOPES = [
  'read:bookings', 'read:contacts', 'read:calls', 'read:services', 'read:staff', 'write:bookings', 'write:contacts',
  'write:calls', 'webhooks:manage',
];

test('skaala_03: nine scopes, granted one by one', async ({ page, workspace, newKey, reveal, key, call }) => {
  await page.goto(`${workspace.keys}/new`);
  for (const scope of SCOPES) await expect(newKey.scope(scope)).not.toBeChecked();
  await expect(page.getByRole('group', { name: 'Scopes' }).getByRole('checkbox')).toHaveCount(SCOPES.length);
  await newKey.submit({ label: 'front desk', scopes: ['read:bookings', 'write:calls'] });
  const secret = await reveal.secret.inputValue();
  await reveal.stored.click();
  await expect(key.scopes.getByRole('listitem')).toHaveText([/^read:bookings/, /^write:calls/]);
  expect((await call(secret, '/api/v1/bookings')).status).toBe(200);
  const made = await call(secret, '/api/v1/calls', 'POST', { contact_id: 'ct_1001', direction: 'inbound', seconds: 96 });
  expect(made.status).toBe(201);
  for (const [path, method] of [['/api/v1/bookings', 'POST'], ['/api/v1/calls', 'GET'], ['/api/v1/webhooks', 'GET']] as const) {
    expect((await call(secret, path, method)).status, `${method} ${path}`).toBe(403);
  }
});

test('skaala_04: a key ends after 365 days, unless something else is chosen', async ({ page, context, workspace, newKey, reveal, key }) => {
  await page.goto(`${workspace.keys}/new`);
  await expect(newKey.expiry('365')).toBeChecked();
  await newKey.submit({ label: 'front desk', scopes: ['read:bookings'] });
  await reveal.stored.click();
  await expect(key.fact('Expires')).toContainText(/in (364|365) days|in 1[12] months|in 1 year/);
  const rest = await context.request.post('/api-keys', { data: { label: 'rest', scopes: ['read:bookings'] } });
  const { expires_at: end } = (await rest.json()) as { expires_at: string };
  expect(Math.round((Date.parse(end) - Date.now()) / 86_400_000)).toBe(365);
});

test('skaala_05: unknown, revoked, expired, disabled and badly formed keys get the same answer', async ({
  page, context, instance, workspace, given, key, keys, call,
}) => {
  const [revoked, expired, disabled] = [await given({ label: 'revoked' }), await given({ label: 'expired' }), await given({ label: 'disabled' })];
  expect((await context.request.delete(`/api-keys/${revoked.id}`)).status()).toBe(200);
  await key.open(workspace.keys, disabled.id);
  await key.disableButton.click();
  await expect(key.heading).toContainText('Disabled');
  await rewrite(instance, (database) => database.run("update api_keys set expires_at = ? where label = 'expired'", [daysAgo(1)]));

  const unknown = disabled.secret.slice(0, -1) + (disabled.secret.endsWith('a') ? 'b' : 'a');
  for (const secret of [revoked.secret, expired.secret, disabled.secret, unknown, 'sk_live_short', 'nonsense']) {
    const answer = await call(secret);
    expect(answer.status).toBe(401);
    expect(await answer.json()).toEqual({ error: 'unauthorized', message: 'Invalid API key' });
  }
  // The reason is for the dashboard.
  await page.goto(workspace.keys);
  for (const [label, status] of [['revoked', 'Revoked'], ['expired', 'Expired'], ['disabled', 'Disabled']] as const) {
    await expect(keys.row(label)).toContainText(status);
  }
});

test('skaala_07: keys need the admin or owner role, a session, and the right team in the address', async ({
  page, stranger, workspace, given, joined, shell, keys,
}) => {
  const { id, secret } = await given({ label: 'front desk' });
  await page.goto(workspace.keys);
  await expect(shell.heading).toHaveText('API Keys');
  await expect(page.getByText(/Keys belong to this team/)).toBeVisible();
  const rest = (team: string) => `/api/v1/workspaces/${team}/api-keys`;
  const body = { data: { label: 'new', scopes: ['read:bookings'] } };

  const member = await joined('Mina Member', 'member');
  await member.page.goto(workspace.keys);
  await expect(member.page.getByText('Your role may see keys, not create or revoke them.')).toBeVisible();
  expect((await member.page.goto(`${workspace.keys}/new`))?.status()).toBe(403);
  expect((await member.context.request.post(rest(workspace.slug), body)).status()).toBe(403);
  expect((await member.context.request.delete(`${rest(workspace.slug)}/${id}`)).status()).toBe(403);

  const admin = await joined('Alma Admin', 'admin');
  expect((await admin.context.request.post(rest(workspace.slug), body)).status()).toBe(201);
  expect((await admin.context.request.post(rest('another-team'), body)).status()).toBe(404);
  expect((await admin.page.goto('/w/another-team/keys'))?.status()).toBe(404);
  expect((await admin.page.goto(`/w/another-team/keys/${id}`))?.status()).toBe(404);

  const headers = { authorization: `Bearer ${secret}` };
  for (const path of [rest(workspace.slug), '/api-keys']) {
    expect((await stranger.request.post(path, { ...body, headers })).status(), path).toBe(401);
    expect((await stranger.request.get(path, { headers })).status(), path).toBe(401);
  }
  await page.goto(workspace.keys);
  await expect(keys.row('front desk')).toContainText('Active');
});

test('skaala_09: “Last used” tells unused keys apart', async ({ page, workspace, given, keys, call }) => {
  const { secret } = await given({ label: 'used' });
  await given({ label: 'unused' });
  expect((await call(secret)).status).toBe(200);
  await expect(async () => {
    await page.goto(workspace.keys);
    await expect(await keys.cell('used', 'Last used')).toContainText('just now', { timeout: 100 });
  }).toPass({ timeout: 5_000 });
  await expect(await keys.cell('used', 'Last used')).toContainText('GET /api/v1/bookings');
  await expect(await keys.cell('unused', 'Last used')).toHaveText('Never used');
  await keys.ask({ lastUsed: 'Never' });
  await expect(keys.labels).toHaveText(['unused']);
});

test('common_10: what the owner’s role no longer covers is refused, whatever the key was given', async ({
  context, instance, workspace, joined, call,
}) => {
  const admin = await joined('Alma Admin', 'admin');
  const made = await admin.context.request.post(`${instance.url}/api-keys`, { data: { label: 'almas', scopes: ['read:bookings', 'read:calls'] } });
  const { key: secret } = (await made.json()) as { key: string };
  expect((await call(secret, '/api/v1/calls')).status).toBe(200);
  const path = `/api/v1/workspaces/${workspace.slug}/members/${admin.id}`;
  expect((await context.request.patch(path, { data: { role: 'member' } })).status()).toBe(200);
  expect((await call(secret, '/api/v1/calls')).status).toBe(403);
  expect((await call(secret)).status).toBe(200);
});
