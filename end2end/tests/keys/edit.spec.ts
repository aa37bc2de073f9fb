import { OWNER } from '../../fixtures/owner.ts';
import { expect, test } from '../../fixtures/test.ts';

test('common_04: label, note, scopes and addresses can be changed; the secret stays the same', async ({
  page, workspace, given, key, editKey, shell, call,
}) => {
  const { id, secret } = await given({ label: 'ci', note: 'Ask Ada.', scopes: ['workflows:read'] });
  await key.open(workspace.keys, id);
  await key.editLink.click();
  await expect(editKey.label).toHaveValue('ci');
  await expect(editKey.note).toHaveValue('Ask Ada.');
  await expect(editKey.scope('workflows:read')).toBeChecked();
  await expect(editKey.scope('executions:read')).not.toBeChecked();

  await editKey.label.fill('CI, Frankfurt');
  await editKey.note.fill('In the vault.\nAsk Grace.');
  await editKey.scope('workflows:read').uncheck();
  await editKey.scope('executions:read').check();
  await editKey.fillNetworks('127.0.0.1\n2001:db8::/32');
  await editKey.save.click();

  await expect(shell.toast).toBeVisible();
  await expect(key.heading).toContainText('CI, Frankfurt');
  await expect(key.fact('Note')).toHaveText('In the vault.\nAsk Grace.');
  await expect(key.fact('Addresses').getByRole('listitem')).toHaveText(['127.0.0.1', '2001:db8::/32']);
  await expect(key.scopes.getByRole('listitem')).toHaveText([/^executions:read/]);
  await expect(key.history.getByRole('listitem').first()).toContainText(OWNER.name);
  expect((await call(secret)).status).toBe(403);
  expect((await call(secret, '/api/v1/executions')).status).toBe(200);
  await expect(page).toHaveURL(new RegExp(`${id}$`));
});

test('a key that is bound to other addresses is refused from here', async ({ workspace, given, key, editKey, call }) => {
  const { id, secret } = await given({ label: 'ci' });
  expect((await call(secret)).status).toBe(200);
  await key.open(workspace.keys, id);
  await key.editLink.click();
  await editKey.fillNetworks('203.0.113.0/24\n2001:db8::/32');
  await editKey.save.click();
  await expect(key.fact('Addresses')).toContainText('203.0.113.0/24');
  const refused = await call(secret);
  expect(refused.status).toBe(403);
  expect(await refused.json()).toMatchObject({ error: 'address_not_allowed' });
});

test('faults are said beside their fields, and nothing is changed', async ({ workspace, given, key, editKey }) => {
  const { id } = await given({ label: 'ci' });
  await key.open(workspace.keys, id);
  await key.editLink.click();
  await editKey.label.fill(' ');
  await editKey.scope('workflows:read').uncheck();
  await editKey.fillNetworks('203.0.113.7/99');
  await editKey.save.click();
  await expect(editKey.label).toHaveAccessibleDescription(/The label cannot be empty\./);
  await expect(editKey.networks).toHaveAttribute('aria-invalid', 'true');
  await expect(editKey.networks).toHaveValue('203.0.113.7/99');
  await expect(editKey.scope('workflows:read')).not.toBeChecked();
  await editKey.cancel.click();
  await expect(key.heading).toContainText('ci');
  await expect(key.fact('Addresses')).toHaveText('From anywhere');
});

test('of two who change a key at once the second is told, and sees both versions', async ({ page, workspace, given, key, editKey }) => {
  const { id } = await given({ label: 'ci' });
  await page.goto(`${workspace.keys}/${id}/edit`);
  await editKey.label.fill('mine');

  const other = await page.context().newPage();
  await other.goto(`${workspace.keys}/${id}/edit`);
  await other.getByRole('textbox', { name: /^Label/ }).fill('theirs');
  await other.getByRole('button', { name: 'Save changes' }).click();
  await expect(other.getByRole('heading', { level: 1 })).toContainText('theirs');
  await other.close();

  await editKey.save.click();
  await expect(page.getByText(/This key was changed meanwhile by Ada Lovelace/)).toBeVisible();
  await expect(editKey.label).toHaveValue('mine');
  await expect(editKey.asItIs).toContainText('theirs');
  await editKey.save.click();
  await expect(key.heading).toContainText('mine');
});

test('a key that is over cannot be edited any more', async ({ page, context, workspace, given, key }) => {
  const { id } = await given({ label: 'ci' });
  expect((await context.request.delete(`/api-keys/${id}`)).status()).toBe(200);
  await page.goto(`${workspace.keys}/${id}/edit`);
  await expect(key.heading).toContainText('Revoked');
  await expect(key.editLink).toHaveCount(0);
  await expect(key.rotateLink).toHaveCount(0);
});

test('“Make one like this” opens the form as the key is', async ({ page, workspace, newKey, reveal, key }) => {
  await page.goto(`${workspace.keys}/new`);
  await newKey.submit({
    label: 'ci', environment: 'Test', scopes: ['workflows:read', 'executions:read'], expiry: '30',
    owner: 'workspace', note: 'Ask Ada.', networks: '203.0.113.0/24',
  });
  await reveal.stored.click();
  await key.likeLink.click();
  await expect(newKey.environment('Test')).toBeChecked();
  await expect(newKey.owner('workspace')).toBeChecked();
  await expect(newKey.scope('workflows:read')).toBeChecked();
  await expect(newKey.scope('executions:read')).toBeChecked();
  await expect(newKey.scope('workflows:run')).not.toBeChecked();
  await expect(newKey.note).toHaveValue('Ask Ada.');
  await expect(newKey.networks).toHaveValue('203.0.113.0/24');
});
