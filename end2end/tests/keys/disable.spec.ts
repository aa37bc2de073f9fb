import { daysAgo, rewrite } from '../../fixtures/database.ts';
import { expect, test } from '../../fixtures/test.ts';

test('common_05: a disabled key is refused on the very next request, and works again once enabled', async ({
  page, workspace, given, keys, key, shell, call,
}) => {
  const { id, secret } = await given({ label: 'ci' });
  expect((await call(secret)).status).toBe(200);
  await key.open(workspace.keys, id);
  await key.disableButton.click();
  await expect(shell.toast).toContainText('“ci” is disabled.');
  await expect(key.heading).toContainText('Disabled');
  await expect(key.scopes).toContainText('None is in effect while the key is disabled.');
  const refused = await call(secret);
  expect(refused.status).toBe(401);
  expect(await refused.json()).toMatchObject({ error: 'disabled_key' });

  await page.goto(workspace.keys);
  await expect(keys.row('ci')).toContainText('Disabled');
  await keys.show('ci');
  await key.enableButton.click();
  await expect(shell.toast).toContainText('“ci” is enabled.');
  expect((await call(secret)).status).toBe(200);
  await expect(key.history.getByRole('listitem')).toHaveText([/^Enabled a key/, /^Disabled a key/, /^Created a key/]);
});

test('common_05: an expired key is refused, sinks in the list, and counts who still tries it', async ({
  page, instance, workspace, given, keys, key, call,
}) => {
  const { secret } = await given({ label: 'old', expires_in_days: 7 });
  await given({ label: 'new' });
  await rewrite(instance, (database) =>
    database.run("update api_keys set created_at = ?, expires_at = ? where label = 'old'", [daysAgo(9), daysAgo(2)]),
  );
  for (let tries = 0; tries < 3; tries++) {
    const refused = await call(secret);
    expect(refused.status).toBe(401);
    expect(await refused.json()).toMatchObject({ error: 'expired_key' });
  }
  await expect(async () => {
    await page.goto(workspace.keys);
    await expect(keys.row('old')).toContainText('Tried 3 times since, last from 127.0.0.1', { timeout: 100 });
  }).toPass({ timeout: 5_000 });
  await expect(keys.labels).toHaveText(['new', 'old']);
  await expect(keys.row('old')).toContainText('Expired');
  await keys.show('old');
  await expect(key.main).toContainText('Tried 3 times since');
  await expect(key.main).toContainText('Something still has it: give that a new key');
});

test('revoking may say why, for whoever asks later', async ({ page, workspace, given, keys, key, audit, shell }) => {
  await given({ label: 'ci' });
  await page.goto(workspace.keys);
  await keys.revoke('ci', 'Found in a public repository');
  await expect(shell.toast).toContainText('“ci” is revoked');
  await keys.show('ci');
  await expect(key.fact('Revoked')).toContainText('Found in a public repository');
  await audit.open();
  await expect(audit.entry('Revoked a key', 'ci')).toContainText('Found in a public repository');
});

test('a key that ends before long says so, the more urgently the nearer', async ({ page, instance, workspace, given, keys, key }) => {
  for (const label of ['in 20 days', 'in 5 days', 'in hours']) await given({ label, expires_in_days: 30 });
  await rewrite(instance, (database) => {
    const end = 'update api_keys set expires_at = ? where label = ?';
    database.run(end, [daysAgo(-20.5), 'in 20 days']);
    database.run(end, [daysAgo(-5.5), 'in 5 days']);
    database.run(end, [daysAgo(-0.4), 'in hours']);
  });
  await page.goto(workspace.keys);
  await expect(page.getByText('1 key expires within 1 day')).toBeVisible();
  await page.getByRole('link', { name: 'Show it' }).click();
  await expect(keys.labels).toHaveText(['in hours']);
  await keys.chip('Expires: within a day').click();
  await expect(keys.labels).toHaveText(['in hours', 'in 5 days', 'in 20 days']);
  await expect(keys.row('in 5 days')).toContainText('Expires soon');
  await keys.show('in 20 days');
  await expect(key.main).toContainText('Rotating does not move this day.');
});
