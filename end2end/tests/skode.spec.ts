import { makeKey } from '../fixtures/owner.ts';
import { expect, test } from '../fixtures/test.ts';

test.use({ profile: 'skode' });

test('skode_01: Settings > API & Webhooks > API Keys: generate a key, label it, copy it now; it is never shown again', async ({
  page, workspace, shell, newKey, reveal, key, keys,
}) => {
  await page.goto(workspace.keys);
  await expect(shell.heading).toHaveText('API Keys');
  await expect(shell.trail).toHaveText(/Settings\W+API & Webhooks/);
  await expect(shell.navigation.getByRole('link', { name: 'API Keys' })).toHaveAttribute('aria-current', 'page');

  await page.getByRole('link', { name: 'Create your first key' }).click();
  await newKey.submit({ label: 'CRM sync', scopes: ['leads:read', 'leads:write'] });
  await expect(reveal.secret).toHaveValue(/^sk_live_[0-9A-Za-z]{43,}$/);
  const secret = await reveal.secret.inputValue();
  expect(await reveal.snippet('.env')).toContain(secret);
  await reveal.stored.click();
  await expect(key.heading).toContainText('CRM sync');
  expect(await page.content()).not.toContain(secret);
  await page.goto(workspace.keys);
  await expect(keys.row('CRM sync')).toContainText(`${secret.slice(0, 12)}…${secret.slice(-4)}`);
});

test('skode_01: nothing is chosen in advance: a key may last', async ({ page, workspace, newKey, reveal, key }) => {
  await page.goto(`${workspace.keys}/new`);
  await expect(newKey.expiry('never')).toBeChecked();
  await newKey.submit({ label: 'CRM sync', scopes: ['leads:read'] });
  await reveal.stored.click();
  await expect(key.fact('Expires')).toHaveText('Never');
});

test('common_06: the key goes into the Authorization header, the scheme in any case, and never into the address', async ({
  instance, given, call,
}) => {
  const { secret } = await given({ label: 'CRM sync', scopes: ['leads:read'] });
  for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
    const answer = await fetch(`${instance.url}/v1/leads`, { headers: { authorization: `${scheme} ${secret}` } });
    expect(answer.status, scheme).toBe(200);
  }
  const header = { 'x-api-key': secret };
  expect((await fetch(`${instance.url}/v1/leads`, { headers: header })).status).toBe(401);
  const inAddress = await call(secret, `/v1/leads?api_key=${secret}`);
  expect(inAddress.status).toBe(400);
  expect((await fetch(`${instance.url}/v1/leads?api_key=${secret}`)).status).toBe(400);
});

test('common_10: a member’s key reads leads and never writes them', async ({ instance, workspace, joined, given, call, context }) => {
  const { secret } = await given({ label: 'owners', scopes: ['leads:read', 'leads:write'] });
  const lead = { name: 'Amara Okafor', email: 'amara@harbourlight.example' };
  const write = async (secret: string) => (await call(secret, '/v1/leads', 'POST', lead)).status;
  expect(await write(secret)).toBe(201);
  const admin = await joined('Alma Admin', 'admin');
  const theirs = await makeKey(admin.context, instance, { label: 'almas', scopes: ['leads:read', 'leads:write'] });
  expect(await write(theirs.secret)).toBe(201);
  const path = `/api/v1/workspaces/${workspace.slug}/members/${admin.id}`;
  const demoted = await context.request.patch(path, { data: { role: 'member' } });
  expect(demoted.status(), await demoted.text()).toBe(200);
  expect(await write(theirs.secret)).toBe(403);
  expect((await call(theirs.secret)).status).toBe(200);
});

test.describe('on the free plan', () => {
  test.use({ plan: 'free' });

  test('common_12: there is room for two keys', async ({ page, context, workspace, given, keys }) => {
    await given({ label: 'one' });
    await given({ label: 'two' });
    const third = await context.request.post('/api-keys', { data: { label: 'three', scopes: ['leads:read'] } });
    expect(third.status()).toBe(403);
    expect(await third.json()).toMatchObject({ error: 'key_limit_reached' });
    await page.goto(workspace.keys);
    await expect(keys.usage('2 of 2 keys used')).toBeVisible();
    await expect(keys.createLink).toBeDisabled();
  });
});
