import { expect, test } from '../fixtures/test.ts';

test('the link of an invitation is copied with one click', async ({ page, context, workspace, invite }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await invite.open(workspace.slug);
  await invite.email.fill('grace@northwind.example');
  await invite.create.click();
  await page.getByRole('button', { name: 'Copy link' }).click();
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible();
  const reader = await context.newPage();
  await reader.goto('/health/live');
  expect(await reader.evaluate(() => navigator.clipboard.readText())).toBe(await invite.url.inputValue());
});

test('removing a member is asked about in a dialog, over the list', async ({ page, workspace, joined, members, shell }) => {
  await joined('Grace Hopper', 'viewer');
  await members.open(workspace.slug);
  await page.waitForLoadState('networkidle');
  await members.removeLink('Grace Hopper').click();
  await expect(page.getByRole('dialog')).toContainText('Remove Grace Hopper from Northwind?');
  await members.keep.click();
  await expect(page.getByRole('dialog')).toBeHidden();
  await members.removeLink('Grace Hopper').click();
  await members.remove.click();
  await expect(shell.toast).toContainText('Grace Hopper is removed.');
});
