import { execFileSync } from 'node:child_process';
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
  const [environment, program] = [await reveal.snippet('.env'), await reveal.snippet('Node.js')];
  const line = await reveal.snippet('curl');
  expect(line).toBe(`curl -X GET "${instance.url}/api/v1/workflows" -H "Authorization: Bearer ${secret}"`);
  expect(secret).toMatch(/^sk_live_/);
  expect(await paste(line)).toMatchObject({ status: 200, body: { data: expect.any(Array) } });
  expect(program).not.toContain(secret);
  const env = Object.fromEntries(environment.split('\n').map((entry) => entry.split('=') as [string, string]));
  const ran = execFileSync('node', ['--input-type=module', '--eval', program], { env: { PATH: process.env.PATH, ...env }, encoding: 'utf8' });
  expect(ran).toMatch(/^200 \{/);
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

test('lodol_04: scopes add up; a key without executions:read cannot view executions', async ({ page, workspace, newKey, reveal, given, call }) => {
  await page.goto(`${workspace.keys}/new`);
  for (const scope of ['workflows:read', 'workflows:execute', 'executions:read']) await expect(newKey.scope(scope)).not.toBeChecked();
  await newKey.submit({ label: 'runner', scopes: ['workflows:read', 'workflows:execute'] });
  const runner = await reveal.secret.inputValue();
  expect((await call(runner, '/api/v1/workflows')).status).toBe(200);
  expect((await call(runner, '/api/v1/workflows/wf_1001/run', 'POST')).status).toBeLessThan(300);
  for (const path of ['/api/v1/executions', '/api/v1/executions/ex_1']) {
    const refused = await call(runner, path);
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ error: 'insufficient_scope' });
  }
  const { secret } = await given({ label: 'all', scopes: ['workflows:read', 'workflows:execute', 'executions:read'] });
  expect((await call(secret, '/api/v1/executions')).status).toBe(200);
});

test('lodol_05: a workspace has 3 keys on Pro, 10 on Team and 20 on Enterprise', async ({
  page, context, workspace, operator, given, keys, plans,
}) => {
  for (const [plan, title, limit] of [['pro', 'Pro', 3], ['team', 'Team', 10], ['enterprise', 'Enterprise', 20]] as const) {
    await operator.setPlan(workspace.slug, plan);
    await page.goto(workspace.keys);
    const used = Number(/^(\d+) of/.exec((await page.getByText(/^\d+ of \d+ keys used$/).allInnerTexts())[0] ?? '0')?.[1] ?? 0);
    for (let made = used; made < limit; made++) await given({ label: `${title} ${made + 1}` });
    const refused = await context.request.post('/api-keys', { data: { label: 'one more', scopes: ['workflows:read'] } });
    expect(refused.status(), title).toBe(403);
    expect(await refused.json()).toMatchObject({ error: 'key_limit_reached' });
    await page.goto(workspace.keys);
    await expect(keys.usage(`${limit} of ${limit} keys used`)).toBeVisible();
    await plans.open(workspace.slug);
    await expect(plans.row(title)).toContainText(`${limit} keys`);
  }
});

test('lodol_06: a workspace that moves to Free has no API: its keys answer 403 with a link, and work again on a better plan', async ({
  page, workspace, operator, given, keys, call,
}) => {
  const { secret } = await given({ label: 'ci' });
  expect((await call(secret)).status).toBe(200);
  await operator.setPlan(workspace.slug, 'free');
  const refused = await call(secret);
  expect(refused.status).toBe(403);
  const { error, action_url: upgrade } = (await refused.json()) as { error: string; action_url: string };
  expect(error).toBe('plan_required');
  await page.goto(upgrade);
  await expect(page).toHaveURL(/\/w\/[^/]+\/plan$/);
  await page.goto(workspace.keys);
  await expect(page.getByText('API keys are not available on the Free plan.')).toBeVisible();
  await expect(page.getByText('Requests are refused, with any key.')).toBeVisible();
  await expect(keys.row('ci')).toBeVisible();
  await operator.setPlan(workspace.slug, 'pro');
  expect((await call(secret)).status).toBe(200);
});

test('common_03: a mistyped key is as unknown as any other', async ({ given, call }) => {
  const { secret } = await given({ label: 'ci' });
  for (const at of [10, 30, secret.length - 1]) {
    const mistyped = secret.slice(0, at) + (secret[at] === 'x' ? 'y' : 'x') + secret.slice(at + 1);
    expect((await call(mistyped)).status).toBe(401);
  }
  expect((await call(secret)).status).toBe(200);
});

test.describe('on the free plan', () => {
  test.use({ plan: 'free' });

  test('lodol_06: keys are not available: the page says so, and no door makes one', async ({ page, workspace, keys, context }) => {
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
