import { rewrite } from '../../fixtures/database.ts';
import { expect, test } from '../../fixtures/test.ts';

test('a key is found by its visible beginning, as the list shows it', async ({ page, workspace, given, keys, key }) => {
  const { id, secret } = await given({ label: 'ci' });
  await given({ label: 'other' });
  await page.goto(workspace.keys);
  await keys.lookFor(secret.slice(0, 12));
  await expect(page).toHaveURL(`${workspace.keys}/${id}`);
  await expect(key.heading).toContainText('ci');
});

test('a beginning that several keys have shows all of them; one that none has says so', async ({ page, instance, workspace, given, keys }) => {
  for (const label of ['one', 'two', 'three']) await given({ label });
  await rewrite(instance, (database) => {
    const ids = "select id from api_keys where label in ('one', 'two')";
    database.run(`update key_secrets set start = 'sk_live_abcd' where key_id in (${ids})`);
  });
  await page.goto(workspace.keys);
  await keys.lookFor('sk_live_ab');
  await expect(page.getByText('These keys begin with “sk_live_ab”.')).toBeVisible();
  await expect(keys.labels).toHaveText(['two', 'one']);
  await keys.lookFor('sk_test_1234');
  await expect(page.getByText('No key of this workspace begins with “sk_test_1234”.')).toBeVisible();
  await keys.lookFor('');
  await expect(page.getByText('Paste a key, or type how it begins.')).toBeVisible();
});

test('common_14: another’s key is as unknown as none', async ({ context, workspace }) => {
  const hash = 'ab'.repeat(32);
  const answer = await context.request.post(`${workspace.keys}/find`, { form: { hash, start: '' } });
  expect(answer.status()).toBe(200);
  expect(await answer.text()).toContain('No key of this workspace has this secret.');
});
