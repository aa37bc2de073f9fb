import { readFile } from 'node:fs/promises';
import { expect, test } from '../fixtures/test.ts';

test('common_11: requests are seen within five seconds, in words, as a picture and as numbers', async ({
  page, workspace, given, call, usage,
}) => {
  const { secret } = await given({ label: 'CI', scopes: ['workflows:read'] });
  await usage.open(workspace.slug);
  await expect(usage.empty).toBeVisible();
  await expect(usage.limits).toContainText('60 left of 60');

  for (let i = 0; i < 3; i++) expect((await call(secret)).status).toBe(200);
  expect((await call(secret, '/api/v1/executions')).status).toBe(403);
  await expect(async () => {
    await page.reload();
    await expect(usage.figure('Requests')).toHaveText('4', { timeout: 100 });
  }).toPass({ timeout: 5_000 });

  await expect(usage.figure('Allowed')).toHaveText('3');
  await expect(usage.figure('Refused')).toHaveText('1');
  await expect(usage.figure('Busiest key')).toHaveText('CI');
  await expect(usage.chart).toHaveAccessibleDescription(/3 allowed and 1 refused\. The most, 4, came at/);
  await expect(usage.share('Routes', 'GET /api/v1/workflows')).toContainText('3');
  await expect(usage.share('Refused because', 'The key lacked a scope')).toContainText('1');
  await expect(usage.limits).toContainText('57 left of 60');
  await expect(usage.limits).toContainText(/All of it again in (1 minute|\d+ seconds)/);
  const numbers = await usage.numbers();
  await expect(numbers.getByRole('row').last()).toContainText(/31$/);
});

test('the time that is looked back over is in the address, and the numbers follow it', async ({ page, workspace, given, call, usage }) => {
  const { secret } = await given({ label: 'CI', scopes: ['workflows:read'] });
  await call(secret);
  await expect(async () => {
    await usage.open(workspace.slug);
    await expect(usage.chart).toBeVisible({ timeout: 100 });
  }).toPass({ timeout: 5_000 });
  for (const [title, query, rows] of [['1 hour', '1h', 60], ['7 days', '7d', 7], ['90 days', '90d', 90]] as const) {
    await usage.lookBack(title);
    await expect(page).toHaveURL(new RegExp(`range=${query}$`));
    await expect(page.getByRole('link', { name: title, exact: true })).toHaveAttribute('aria-current', 'true');
    await expect((await usage.numbers()).getByRole('row')).toHaveCount(rows + 1);
  }
});

test('from the workspace to a key, to its limits, and back', async ({ page, workspace, given, call, usage, key, keys }) => {
  const one = await given({ label: 'one', scopes: ['workflows:read'] });
  const two = await given({ label: 'two', scopes: ['workflows:read'] });
  await call(one.secret);
  await call(one.secret);
  await call(two.secret);
  await expect(async () => {
    await usage.open(workspace.slug);
    await expect(usage.figure('Requests')).toHaveText('3', { timeout: 100 });
  }).toPass({ timeout: 5_000 });
  await usage.share('Keys', 'one').getByRole('link').click();
  await expect(key.heading).toHaveText('Usage of one');
  await expect(usage.figure('Requests')).toHaveText('2');
  await page.getByRole('link', { name: 'one', exact: true }).click();
  await expect(usage.limits, 'shared by both keys').toContainText('57 left of 60');
  await expect(key.fact('Last used')).toContainText(/from 127\.0\.0\.1, with Node\.js/);
  await key.fact('Last used').getByRole('link', { name: 'Usage' }).click();
  await expect(key.heading).toHaveText('Usage of one');

  await page.goto(workspace.keys);
  await expect(keys.row('one').getByRole('img', { name: '2 requests in 14 days' })).toBeVisible();
});

test('usage can be saved as a file', async ({ page, workspace, given, call, usage }) => {
  const { id, secret } = await given({ label: 'CI', scopes: ['workflows:read'] });
  await call(secret);
  await expect(async () => {
    await usage.open(workspace.slug);
    await expect(usage.export).toBeVisible({ timeout: 100 });
  }).toPass({ timeout: 5_000 });
  const download = page.waitForEvent('download');
  await usage.export.click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/^usage-northwind-24h-\d{4}-\d\d-\d\d\.csv$/);
  const lines = (await readFile(await file.path(), 'utf8')).trim().split('\r\n');
  expect(lines[0]).toBe('start,key_id,key_label,route,outcome,requests,units,app');
  expect(lines[1]).toMatch(new RegExp(`^\\S+:00:00Z,${id},CI,GET /api/v1/workflows,allowed,1,1,$`));
});

test('who may see keys sees their usage', async ({ joined, workspace }) => {
  const { page } = await joined('Grace Hopper', 'viewer');
  await page.goto(`/w/${workspace.slug}/usage`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Usage');
  await expect(page.getByRole('link', { name: 'Create a key' })).toHaveCount(0);
});
