import { createHash } from 'node:crypto';
import { paste } from '../fixtures/curl.ts';
import { rewrite } from '../fixtures/database.ts';
import { expect, test } from '../fixtures/test.ts';

test.use({ profile: 'lodol' });

test('lodol_01: the printed curl line works as it is pasted', async ({ page, instance, workspace, keys, newKey, reveal }) => {
  await page.goto(workspace.keys);
  await keys.createLink.click();
  await newKey.submit({ label: 'ci', scopes: ['workflows:read'] });
  const secret = await reveal.secret.inputValue();
  const line = await reveal.snippet('curl');
  expect(line).toBe(`curl -X GET "${instance.url}/api/v1/workflows" -H "Authorization: Bearer ${secret}"`);
  expect(secret).toMatch(/^sk_live_/);
  expect(await paste(line)).toMatchObject({ status: 200, body: { data: expect.any(Array) } });
});

test('lodol_02: keys are under API Keys in the settings of a workspace, and only owners and admins create or revoke them', async ({
  page, instance, workspace, given, keys, context, shell,
}) => {
  const { id, secret } = await given({ label: 'ci' });
  const role = (name: string) => rewrite(instance, (database) => database.run('update members set role = ?', [name]));
  const create = () => context.request.post(`${workspace.keys}/new`, { form: { label: 'mine', scopes: 'workflows:read' } });
  const revoke = () => context.request.post(`${workspace.keys}/${id}/revoke`, { form: {} });

  for (const name of ['member', 'viewer']) {
    await role(name);
    await page.goto(workspace.keys);
    await expect(shell.heading).toHaveText('API Keys');
    await expect(keys.row('ci')).toBeVisible();
    await expect(keys.createLink).toHaveCount(0);
    await expect(keys.revokeLink('ci')).toHaveCount(0);
    await expect(page.getByText('Your role may see keys, not create or revoke them.')).toBeVisible();
    expect((await page.goto(`${workspace.keys}/new`))?.status()).toBe(403);
    expect((await page.goto(`${workspace.keys}/${id}/revoke`))?.status()).toBe(403);
    await expect(shell.heading).toHaveText('You may not do this');
    expect((await create()).status()).toBe(403);
    expect((await revoke()).status()).toBe(403);
    expect((await context.request.delete(`/api-keys/${id}`)).status()).toBe(403);
  }

  await role('admin');
  await page.goto(workspace.keys);
  await keys.create({ label: 'mine', scopes: ['executions:read'] });
  await page.goto(workspace.keys);
  await keys.revoke('ci');
  await expect(keys.row('ci')).toContainText('Revoked');
  const refused = await fetch(`${instance.url}/api/v1/workflows`, { headers: { authorization: `Bearer ${secret}` } });
  expect(refused.status).toBe(401);
});

test('lodol_03: a prefix and a SHA-256 hash are stored; the random part is of 256 bits', async ({ instance, workspace, page, keys }) => {
  await page.goto(workspace.keys);
  const secret = await keys.create({ label: 'ci', scopes: ['workflows:read'] });
  // 62^43 > 2^256 > 62^42.
  expect(secret).toMatch(/^sk_live_[0-9A-Za-z]{43,}$/);
  await instance.stop();
  const database = (await instance.files()).get('keywright.db');
  expect(database?.includes(createHash('sha256').update(secret).digest())).toBe(true);
  expect(database?.includes(secret.slice(0, 12))).toBe(true);
  expect(database?.includes(secret.slice(0, 16))).toBe(false);
});

test('lodol_07: expires_in_days is optional', async ({ page, workspace, given, key, keys }) => {
  await given({ label: 'endless' });
  await given({ label: 'brief', expires_in_days: 30 });
  await page.goto(workspace.keys);
  await expect(await keys.cell('endless', 'Expires')).toHaveText('Never');
  await keys.row('brief').getByRole('link', { name: 'brief', exact: true }).click();
  await expect(key.fact('Expires')).toContainText(/in (29|30) days/);
});

test.describe('on the free plan', () => {
  test.use({ plan: 'free' });

  test('keys are not available: the page says so, and no door makes one', async ({ page, workspace, keys, context }) => {
    await page.goto(workspace.keys);
    await expect(page.getByText('API keys are not available on the Free plan.')).toBeVisible();
    await expect(keys.createLink).toBeDisabled();
    const form = { label: 'ci', scopes: 'workflows:read' };
    expect((await context.request.post(`${workspace.keys}/new`, { form })).status()).toBe(403);
    const rest = await context.request.post('/api-keys', { data: { label: 'ci', scopes: ['workflows:read'] } });
    expect(rest.status()).toBe(403);
    expect(await rest.json()).toMatchObject({ error: 'plan_required' });
  });
});
