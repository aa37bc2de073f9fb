import { expect, test } from '../../fixtures/test.ts';

test('several keys are revoked after a preview of what stops; those in use come first', async ({
  page, workspace, given, keys, bulk, shell, key, call,
}) => {
  const used = await given({ label: 'used' });
  const idle = await given({ label: 'idle' });
  const kept = await given({ label: 'kept' });
  expect((await call(used.secret)).status).toBe(200);
  await expect(async () => {
    await page.goto(workspace.keys);
    await expect(await keys.cell('used', 'Last used')).toContainText('just now', { timeout: 100 });
  }).toPass({ timeout: 5_000 });

  await keys.choose(['used', 'idle'], 'Revoke');
  await expect(bulk.heading).toHaveText('Revoke 2 keys?');
  await expect(page.getByText('1 of them was used in the last 7 days.')).toBeVisible();
  await expect(bulk.under('Used in the last 7 days')).toContainText('used just now from 127.0.0.1');
  await expect(bulk.under('Not used in the last 7 days')).toContainText('never used');
  await bulk.keep.click();
  await expect(keys.row('used')).toContainText('Active');

  await keys.choose(['used', 'idle'], 'Revoke');
  await bulk.reason.fill('The contractor has left');
  await bulk.confirm.click();
  await expect(shell.toast).toHaveText('2 keys are revoked.');
  expect((await call(used.secret)).status).toBe(401);
  expect((await call(idle.secret)).status).toBe(401);
  expect((await call(kept.secret)).status).toBe(200);
  await keys.show('idle');
  await expect(key.fact('Revoked')).toContainText('The contractor has left');
});

test('several keys are disabled at once; what is off already is left alone', async ({
  page, workspace, given, keys, key, bulk, shell, call,
}) => {
  const one = await given({ label: 'one' });
  const two = await given({ label: 'two' });
  await key.open(workspace.keys, two.id);
  await key.disableButton.click();
  await expect(key.heading).toContainText('Disabled');
  await page.goto(workspace.keys);
  await keys.choose(['one', 'two'], 'Disable');
  await expect(bulk.heading).toHaveText('Disable 1 key?');
  await expect(bulk.under('Nothing to do')).toContainText('two');
  await bulk.confirm.click();
  await expect(shell.toast).toContainText('1 key is disabled.');
  await expect(keys.row('one')).toContainText('Disabled');
  expect((await call(one.secret)).status).toBe(401);
});

test('a key that is over cannot be chosen', async ({ page, context, workspace, given, keys }) => {
  const { id } = await given({ label: 'over' });
  await given({ label: 'live' });
  await context.request.delete(`/api-keys/${id}`);
  await page.goto(workspace.keys);
  await expect(keys.pick('live')).toBeVisible();
  await expect(keys.pick('over')).toHaveCount(0);
});

test('common_14: another’s key among the chosen ones answers like an unknown one, and nothing is done', async ({
  context, workspace, given, call,
}) => {
  const { id, secret } = await given({ label: 'mine' });
  const form = { work: 'revoke', key: id, confirmed: '1', reason: '' };
  const body = `${new URLSearchParams(form)}&key=key_0000000000000000000000000`;
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const answer = await context.request.post(`${workspace.keys}/bulk`, { data: body, headers });
  expect(answer.status()).toBe(404);
  expect((await call(secret)).status).toBe(200);
});
