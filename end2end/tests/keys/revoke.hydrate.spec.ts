import { expect, test } from '../../fixtures/test.ts';

test('the question opens in a dialog by keyboard, Escape gives the focus back, and Enter confirms', async ({
  page, workspace, given, keys, shell,
}) => {
  await given({ label: 'ci' });
  await page.goto(workspace.keys, { waitUntil: 'networkidle' });
  const dialog = page.getByRole('dialog', { name: 'Revoke “ci”?' });

  await keys.revokeLink('ci').focus();
  await page.keyboard.press('Enter');
  await expect(dialog).toBeVisible();
  await expect(page).toHaveURL(workspace.keys);
  await expect(keys.keepLink).toBeFocused();
  for (let stops = 0; stops < 4; stops++) {
    await page.keyboard.press('Tab');
    // The browser's own controls have the focus in between; the page behind never does.
    const inside = await dialog.evaluate((d) => document.activeElement === document.body || d.contains(document.activeElement));
    expect(inside).toBe(true);
  }

  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(keys.revokeLink('ci')).toBeFocused();

  await page.keyboard.press('Enter');
  await expect(keys.keepLink).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(keys.revokeLink('ci')).toBeFocused();

  await page.keyboard.press('Enter');
  await expect(dialog).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(keys.revokeButton).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(shell.toast).toContainText('“ci” is revoked');
  await expect(keys.row('ci')).toContainText('Revoked');
});

test('the dialog says what is true when it opens', async ({ page, workspace, given, keys, call }) => {
  const { secret } = await given({ label: 'ci' });
  await page.goto(workspace.keys, { waitUntil: 'networkidle' });
  await keys.revokeLink('ci').click();
  await expect(page.getByRole('dialog')).toContainText('Never used');
  await keys.keepLink.click();
  expect((await call(secret)).status).toBe(200);
  await expect(async () => {
    await keys.revokeLink('ci').click();
    await expect(page.getByRole('dialog')).toContainText('Used just now from 127.0.0.1', { timeout: 500 }).finally(() => keys.keepLink.click());
  }).toPass({ timeout: 5_000 });
});

test('a session that ended meanwhile leads to sign-in instead of a dialog', async ({ page, workspace, given, keys, context }) => {
  await given({ label: 'ci' });
  await page.goto(workspace.keys, { waitUntil: 'networkidle' });
  await context.clearCookies();
  await keys.revokeLink('ci').click();
  await expect(page).toHaveURL(/\/login\?next=/);
});
