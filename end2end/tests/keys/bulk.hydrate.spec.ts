import { expect, test } from '../../fixtures/test.ts';

test('one box chooses every key of the page', async ({ page, workspace, given, keys, bulk }) => {
  for (const label of ['one', 'two', 'three']) await given({ label });
  await page.goto(workspace.keys);
  await expect(keys.bulkBar).toBeHidden();
  await page.getByRole('checkbox', { name: 'Select all' }).check();
  for (const label of ['one', 'two', 'three']) await expect(keys.pick(label)).toBeChecked();
  await keys.bulkBar.getByRole('button', { name: 'Disable' }).click();
  await expect(bulk.heading).toHaveText('Disable 3 keys?');
});
