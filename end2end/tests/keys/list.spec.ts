import { daysAgo, rewrite } from '../../fixtures/database.ts';
import { expect, test } from '../../fixtures/test.ts';

test.describe('with a few keys', () => {
  test.use({ plan: 'growth' });

  test.beforeEach(async ({ page, context, instance, workspace, given, call }) => {
    await given({ label: 'Alpha', scopes: ['workflows:read', 'executions:read'], note: 'In the vault', expires_in_days: 90 });
    await given({ label: 'Beta', scopes: ['workflows:run'], expires_in_days: null });
    const { secret } = await given({ label: 'Gamma', scopes: ['workflows:read'], expires_in_days: 30, environment: 'test' });
    const revoked = await given({ label: 'Delta', scopes: ['executions:read'], owner: 'workspace' });
    await given({ label: 'Epsilon', scopes: ['executions:read'], owner: 'workspace', expires_in_days: null });
    expect((await call(secret)).status).toBe(200);
    expect((await context.request.delete(`/api-keys/${revoked.id}`)).status()).toBe(200);
    await rewrite(instance, (database) =>
      database.run("update api_keys set disabled_at = ? where label = 'Beta'", [daysAgo(1)]),
    );
    await page.goto(workspace.keys);
  });

  test('keys that are over come last, the others newest first', async ({ keys }) => {
    await expect(keys.labels).toHaveText(['Epsilon', 'Gamma', 'Beta', 'Alpha', 'Delta']);
  });

  test('the list is searched by label, note and visible beginning', async ({ page, keys }) => {
    await keys.ask({ search: 'amm' });
    await expect(keys.labels).toHaveText(['Gamma']);
    await expect(page).toHaveURL(/\?q=amm/);
    await expect(keys.search).toHaveValue('amm');
    await keys.ask({ search: 'VAULT' });
    await expect(keys.labels).toHaveText(['Alpha']);
    await keys.ask({ search: 'sk_test_' });
    await expect(keys.labels).toHaveText(['Gamma']);
  });

  test('the list is filtered by status, scope, owner, end and last use', async ({ page, workspace, keys }) => {
    const questions = [
      [{ status: 'Disabled' }, ['Beta'], 'status=disabled'],
      [{ status: 'Revoked' }, ['Delta'], 'status=revoked'],
      [{ scope: 'workflows:read' }, ['Gamma', 'Alpha'], 'scope=workflows%3Aread'],
      [{ owner: 'The workspace itself' }, ['Epsilon', 'Delta'], 'owner=workspace'],
      [{ expires: 'Within 30 days' }, ['Gamma'], 'expiry=30d'],
      [{ expires: 'Never' }, ['Epsilon', 'Beta'], 'expiry=never'],
      [{ lastUsed: 'Within 7 days' }, ['Gamma'], 'last_used=7d'],
      [{ lastUsed: 'Never', status: 'Active' }, ['Epsilon', 'Alpha'], 'last_used=never'],
    ] as const;
    for (const [question, labels, query] of questions) {
      await page.goto(workspace.keys);
      await keys.ask(question);
      await expect(keys.labels, JSON.stringify(question)).toHaveText([...labels]);
      await expect(page).toHaveURL(new RegExp(query));
    }
  });

  test('each filter stands as a chip that takes it away', async ({ page, workspace, keys }) => {
    await keys.ask({ search: 'a', status: 'Active', owner: 'The workspace itself' });
    await expect(keys.labels).toHaveCount(0);
    await expect(page.getByText('No key matches.')).toBeVisible();
    await expect(keys.chips.getByRole('link')).toHaveCount(3);
    await keys.chip('Owner: the workspace itself').click();
    await expect(keys.labels).toHaveText(['Gamma', 'Alpha']);
    await keys.chip('“a”').click();
    await expect(keys.labels).toHaveText(['Epsilon', 'Gamma', 'Alpha']);
    await keys.chip('Active').click();
    await expect(page).toHaveURL(workspace.keys);
    await expect(keys.chips).toHaveCount(0);
  });

  test('an empty result leads back to all keys', async ({ page, keys }) => {
    await keys.ask({ search: 'nothing is called this' });
    await expect(page.getByText('No key matches.')).toBeVisible();
    await keys.showAll.click();
    await expect(keys.labels).toHaveCount(5);
  });

  test('the list is sorted by label, last use and end', async ({ keys }) => {
    await keys.ask({ sort: 'Label' });
    await expect(keys.labels).toHaveText(['Alpha', 'Beta', 'Epsilon', 'Gamma', 'Delta']);
    await keys.ask({ sort: 'Last used' });
    await expect(keys.labels.first()).toHaveText('Gamma');
    await expect(keys.labels.last()).toHaveText('Delta');
    await keys.ask({ sort: 'Expires soonest' });
    await expect(keys.labels).toHaveText(['Gamma', 'Alpha', /Beta|Epsilon/, /Beta|Epsilon/, 'Delta']);
  });

  test('garbage in the query string is told, and the rest is asked', async ({ page, workspace, keys }) => {
    expect((await page.goto(`${workspace.keys}?status=sleeping&q=Alpha`))?.status()).toBe(422);
    await expect(page.getByText(/This is one of active, disabled, expired, revoked/).first()).toBeVisible();
    await expect(keys.labels).toHaveText(['Alpha']);
    for (const query of ['cursor=key_1', 'cursor=%00', 'limit=-1']) {
      expect((await page.goto(`${workspace.keys}?${query}`))?.status(), query).toBe(400);
    }
  });
});

test.describe('with more keys than a page has', () => {
  test.use({ plan: 'scale' });

  test('the pager keeps filters and order', async ({ page, context, workspace, given, keys }) => {
    const revoked = [];
    for (let i = 1; i <= 60; i++) {
      const { id } = await given({ label: `Key ${String(i).padStart(2, '0')}`, note: i % 30 === 0 ? '' : 'odd one' });
      if (i <= 15) revoked.push(id);
      if (i === 30) for (const id of revoked) await context.request.delete(`/api-keys/${id}`);
    }
    await page.goto(workspace.keys);
    await keys.ask({ search: 'odd one', sort: 'Label' });
    await expect(keys.labels).toHaveCount(50);
    await expect(keys.labels.first()).toHaveText('Key 16');
    await keys.nextPage.click();
    await expect(page).toHaveURL(/q=odd\+one&sort=label&cursor=/);
    await expect(keys.labels.last()).toHaveText('Key 15');
    await expect(keys.labels).toHaveCount(8);
    await expect(keys.search).toHaveValue('odd one');
    await expect(keys.nextPage).toHaveCount(0);
    await keys.firstPage.click();
    await expect(keys.labels.first()).toHaveText('Key 16');
  });
});
