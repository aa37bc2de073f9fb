import { OWNER } from '../../fixtures/owner.ts';
import { expect, test } from '../../fixtures/test.ts';

test('a full plan says so beside the button, refuses the form, and has room again after a revocation', async ({
  page, workspace, given, keys, newKey, shell, audit,
}) => {
  for (const label of ['one', 'two', 'three']) await given({ label });
  await page.goto(workspace.keys);
  await expect(keys.usage('3 of 3 keys used')).toBeVisible();
  await expect(keys.createLink).toBeDisabled();
  await expect(keys.createLink).toHaveAccessibleDescription(/All 3 keys of the Starter plan are in use\..* Revoke one/);

  await page.goto(`${workspace.keys}/new`);
  if (await newKey.label.isVisible()) await newKey.submit({ label: 'four', scopes: ['workflows:read'] });
  await expect(page.getByText(/All 3 keys of the Starter plan are in use/).first()).toBeVisible();

  await page.goto(workspace.keys);
  await expect(keys.row('four')).toHaveCount(0);
  await keys.revoke('two');
  await expect(shell.toast).toContainText('“two” is revoked');
  await expect(keys.usage('2 of 3 keys used')).toBeVisible();
  await keys.create({ label: 'four', scopes: ['workflows:read'], expiry: '7' });
  await keys.open(workspace.keys);
  await expect(keys.usage('3 of 3 keys used')).toBeVisible();
  await audit.open();
  await expect(audit.entry('Created a key', 'four')).toBeVisible();
});

test('common_13: an attempt beyond the plan is in the audit log as refused', async ({ page, workspace, given, context, audit }) => {
  for (const label of ['one', 'two', 'three']) await given({ label });
  const form = { label: 'four', scopes: 'workflows:read', expiry: '30' };
  expect((await context.request.post(`${workspace.keys}/new`, { form })).status()).toBe(403);
  await page.goto(workspace.keys);
  await audit.open();
  const entry = audit.entry('Tried to create a key', 'four');
  await expect(entry).toContainText('Refused');
  await expect(entry).toContainText(OWNER.name);
  await expect(entry).toContainText(/All keys of the plan are in use/i);
});
