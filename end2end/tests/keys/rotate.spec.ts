import { daysAgo, rewrite } from '../../fixtures/database.ts';
import { expect, test } from '../../fixtures/test.ts';

test('rotating gives the same key a second secret; the old one goes on working for the chosen grace', async ({
  workspace, given, key, rotateKey, reveal, call,
}) => {
  const { id, secret: old } = await given({ label: 'ci', expires_in_days: 90 });
  await key.open(workspace.keys, id);
  await key.rotateLink.click();
  for (const title of ['Now', '1 hour', '24 hours', '7 days', 'Custom']) await expect(rotateKey.grace(title)).toBeVisible();
  await expect(rotateKey.grace('24 hours')).toBeChecked();
  await rotateKey.submit('1 hour');

  await expect(reveal.heading).toContainText('ci');
  const fresh = await reveal.secret.inputValue();
  expect(fresh).not.toBe(old);
  expect((await call(old)).status).toBe(200);
  expect((await call(fresh)).status).toBe(200);
  await reveal.stored.click();
  await expect(key.heading).toContainText('Rotating');
  await expect(key.secret('New')).toContainText(fresh.slice(-4));
  await expect(key.secret('Old')).toContainText(old.slice(-4));
  await expect(key.secret('Old')).toContainText(/Stops in (59 minutes|1 hour|an hour)/);
  await expect(key.rotateLink).toHaveCount(0);
});

test('the last use of both secrets stands side by side, and says whether the old one can go', async ({
  page, workspace, given, key, rotateKey, reveal, call,
}) => {
  const { id, secret: old } = await given({ label: 'ci' });
  await key.open(workspace.keys, id);
  await key.rotateLink.click();
  await rotateKey.submit('7 days');
  const fresh = await reveal.secret.inputValue();
  await reveal.stored.click();
  await expect(key.secret('New')).toContainText('Not used yet');
  await expect(key.rotation).toContainText('Neither secret has been used since the rotation.');

  expect((await call(fresh)).status).toBe(200);
  await expect(async () => {
    await page.reload();
    await expect(key.secret('New')).toContainText('from 127.0.0.1', { timeout: 100 });
  }).toPass({ timeout: 5_000 });
  await expect(key.rotation).toContainText('Only the new secret has been used since the rotation.');

  expect((await call(old)).status).toBe(200);
  await expect(async () => {
    await page.reload();
    await expect(key.secret('Old')).toContainText('from 127.0.0.1', { timeout: 100 });
  }).toPass({ timeout: 5_000 });
  await expect(key.rotation).toContainText(/The old secret was used .* something still has it/);
});

test('“Now” stops the old secret at once', async ({ workspace, given, key, rotateKey, reveal, call }) => {
  const { id, secret: old } = await given({ label: 'ci' });
  await key.open(workspace.keys, id);
  await key.rotateLink.click();
  await rotateKey.submit('Now');
  const fresh = await reveal.secret.inputValue();
  const refused = await call(old);
  expect(refused.status).toBe(401);
  expect(await refused.json()).toMatchObject({ error: 'rotated_key' });
  expect((await call(fresh)).status).toBe(200);
  await reveal.stored.click();
  await expect(key.rotation).toHaveCount(0);
  await expect(key.heading).toContainText('Active');
});

test('“Finish now” ends the overlap: the old secret is refused on the very next request', async ({
  workspace, given, key, rotateKey, reveal, shell, call,
}) => {
  const { id, secret: old } = await given({ label: 'ci' });
  await key.open(workspace.keys, id);
  await key.rotateLink.click();
  await rotateKey.submit('24 hours');
  const fresh = await reveal.secret.inputValue();
  await reveal.stored.click();
  await key.finish.click();
  await expect(shell.toast).toHaveText('The old secret has stopped working.');
  await expect(key.rotation).toHaveCount(0);
  expect((await call(old)).status).toBe(401);
  expect((await call(fresh)).status).toBe(200);
});

test('“Extend” moves the end of the old secret', async ({ workspace, given, key, rotateKey, reveal, shell, call }) => {
  const { id, secret: old } = await given({ label: 'ci' });
  await key.open(workspace.keys, id);
  await key.rotateLink.click();
  await rotateKey.submit('1 hour');
  await reveal.stored.click();
  await key.extend('7 days');
  await expect(shell.toast).toContainText('The old secret goes on working until');
  await expect(key.secret('Old')).toContainText(/Stops in (6|7) days/);
  expect((await call(old)).status).toBe(200);
});

test('“Undo” takes the new secret back, as if nothing had been', async ({ workspace, given, key, rotateKey, reveal, shell, call }) => {
  const { id, secret: old } = await given({ label: 'ci' });
  await key.open(workspace.keys, id);
  await key.rotateLink.click();
  await rotateKey.submit('24 hours');
  const fresh = await reveal.secret.inputValue();
  await reveal.stored.click();
  await key.undo.click();
  await expect(shell.toast).toContainText(`${old.slice(-4)} stays.`);
  await expect(key.rotation).toHaveCount(0);
  expect((await call(fresh)).status).toBe(401);
  expect((await call(old)).status).toBe(200);
  await expect(key.rotateLink).toBeVisible();
});

test('a custom grace is bounded by the policy, and none outlives the key', async ({ page, workspace, given, key, rotateKey, reveal }) => {
  const { id } = await given({ label: 'ci', expires_in_days: 2 });
  await key.open(workspace.keys, id);
  await key.rotateLink.click();
  await expect(rotateKey.grace('7 days')).toHaveAccessibleName(/until the key expires/);
  await rotateKey.submit(24 * 31);
  await expect(rotateKey.hours).toHaveAttribute('aria-invalid', 'true');
  await expect(rotateKey.hours).toHaveValue('744');
  await expect(rotateKey.grace('Custom')).toBeChecked();
  await rotateKey.submit('7 days');
  await reveal.stored.click();
  await expect(key.secret('Old')).toContainText(/Stops in (1 day|2 days|4\d hours)/);
  await expect(page.getByText(/Expires .*Rotating does not move this day/)).toBeVisible();
});

test('of two who rotate at once one wins, and the other is told', async ({ page, workspace, given, key, rotateKey, reveal, call }) => {
  const { id, secret: old } = await given({ label: 'ci' });
  await page.goto(`${workspace.keys}/${id}/rotate`);
  const other = await page.context().newPage();
  await other.goto(`${workspace.keys}/${id}/rotate`);
  await rotateKey.submit('1 hour');
  const fresh = await reveal.secret.inputValue();
  await other.getByRole('button', { name: 'Rotate key' }).click();
  await expect(other.getByText(/This key (was changed meanwhile|is being rotated already)/)).toBeVisible();
  await other.close();
  expect((await call(fresh)).status).toBe(200);
  expect((await call(old)).status).toBe(200);
  await reveal.stored.click();
  await expect(key.history.getByRole('listitem').filter({ hasNotText: 'Refused' })).toHaveCount(2);
});

test('neither an expired nor a revoked key can be rotated', async ({ page, context, instance, workspace, given, key }) => {
  const gone = await given({ label: 'gone' });
  const late = await given({ label: 'late', expires_in_days: 7 });
  expect((await context.request.delete(`/api-keys/${gone.id}`)).status()).toBe(200);
  await rewrite(instance, (database) =>
    database.run("update api_keys set created_at = ?, expires_at = ? where label = 'late'", [daysAgo(9), daysAgo(2)]),
  );
  for (const [{ id }, status] of [[gone, 'Revoked'], [late, 'Expired']] as const) {
    await page.goto(`${workspace.keys}/${id}/rotate`);
    await expect(key.heading).toContainText(status);
    await expect(key.rotateLink).toHaveCount(0);
    const form = { grace: '3600', hours: '', version: '' };
    expect((await context.request.post(`${workspace.keys}/${id}/rotate`, { form })).status()).toBe(409);
  }
});

test('common_02: the new secret is shown once, like the first', async ({ page, workspace, given, key, rotateKey, reveal }) => {
  const { id } = await given({ label: 'ci' });
  await key.open(workspace.keys, id);
  await key.rotateLink.click();
  await rotateKey.submit('1 hour');
  const fresh = await reveal.secret.inputValue();
  page.on('dialog', (dialog) => void dialog.accept());
  await page.reload();
  await expect(key.heading).toContainText('ci');
  expect(await page.content()).not.toContain(fresh);
  await page.goBack();
  await page.waitForLoadState();
  expect(await page.content()).not.toContain(fresh);
});
