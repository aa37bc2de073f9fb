import { expect, test } from '../../fixtures/test.ts';

test('common_05: a key can be kept after all, or end at once', async ({ page, workspace, given, keys, key, call }) => {
  const { secret } = await given({ label: 'ci' });
  await page.goto(workspace.keys);
  await keys.row('ci').getByRole('link', { name: 'ci', exact: true }).click();
  await key.revokeLink.click();
  await expect(keys.question).toContainText('ci');
  await expect(page.getByText('Never used: as far as is known, nothing depends on it.')).toBeVisible();
  await keys.keepLink.click();
  await expect(key.heading).toContainText('Active');
  expect((await call(secret)).status).toBe(200);

  await key.revokeLink.click();
  await keys.revokeButton.click();
  await expect(keys.row('ci')).toContainText('Revoked');
  await expect(keys.revokeLink('ci')).toHaveCount(0);
  expect((await call(secret)).status).toBe(401);

  await keys.row('ci').getByRole('link', { name: 'ci', exact: true }).click();
  await expect(key.heading).toContainText('Revoked');
  await expect(key.revokeLink).toHaveCount(0);
  await expect(key.fact('Revoked')).toContainText('just now');
  await expect(key.history.getByRole('listitem')).toHaveText([/^Revoked a key/, /^Created a key/]);
});

test('revoking what somebody else has revoked meanwhile says so', async ({ page, workspace, given, keys, context, instance }) => {
  const { id } = await given({ label: 'ci' });
  await page.goto(`${workspace.keys}/${id}/revoke`);
  expect((await context.request.delete(`${instance.url}/api-keys/${id}`)).status()).toBe(200);
  await keys.revokeButton.click();
  await expect(page.getByText('This key is revoked already.')).toBeVisible();
  await page.getByRole('link', { name: 'Keys', exact: true }).click();
  await expect(keys.row('ci')).toContainText('Revoked');
});

test('everything works by keyboard alone: create, open, keep, revoke', async ({ page, workspace, newKey, reveal, keys }) => {
  const press = (key: string) => page.keyboard.press(key);
  await page.goto(`${workspace.keys}/new`);
  await expect(newKey.label).toBeFocused();
  await page.keyboard.type('ci');
  while (!(await newKey.scope('workflows:read').evaluate((box) => box === document.activeElement))) await press('Tab');
  await press('Space');
  while (!(await newKey.expiry('90').evaluate((radio) => radio === document.activeElement))) await press('Tab');
  await press('ArrowUp');
  await expect(newKey.expiry('30')).toBeChecked();
  await press('Enter');
  await expect(reveal.secret).toBeVisible();

  await reveal.stored.focus();
  await press('Enter');
  await expect(keys.createLink.or(page.getByRole('link', { name: 'Revoke' }))).toBeVisible();
  await page.getByRole('link', { name: 'Revoke' }).focus();
  await press('Enter');
  await expect(keys.keepLink).toBeFocused();
  await press('Tab');
  await expect(keys.revokeButton).toBeFocused();
  await press('Enter');
  await expect(keys.row('ci')).toContainText('Revoked');
});

test('the first Tab leads past the navigation', async ({ page, workspace }) => {
  await page.goto(workspace.keys);
  await page.keyboard.press('Tab');
  const skip = page.getByRole('link', { name: 'Skip to content' });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();
});
