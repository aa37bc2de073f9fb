import { expect, test } from '../../fixtures/test.ts';

test('a preset keeps what was typed', async ({ page, workspace, newKey }) => {
  await page.goto(`${workspace.keys}/new`, { waitUntil: 'networkidle' });
  await newKey.label.fill('ci');
  await newKey.preset('Read only').click();
  await expect(newKey.scope('workflows:read')).toBeChecked();
  await expect(newKey.scope('workflows:write')).not.toBeChecked();
  await expect(newKey.label).toHaveValue('ci');
  await expect(page).toHaveURL(`${workspace.keys}/new`);
  await newKey.preset('Everything I may').click();
  await expect(newKey.scope('workflows:write')).toBeChecked();
});

test.describe('with many scopes', () => {
  test.use({ profile: 'skillett' });

  test('scopes are searched while typing, Enter does not send the form, and what is hidden stays chosen', async ({
    page, workspace, newKey, reveal, key,
  }) => {
    await page.goto(`${workspace.keys}/new`, { waitUntil: 'networkidle' });
    await newKey.label.fill('ci');
    await expect(newKey.scope('*')).toBeChecked();
    await newKey.scope('*').uncheck();
    await newKey.scope('github').check();
    await newKey.searchScopes.fill('mail');
    await expect(newKey.scope('gmail')).toBeVisible();
    await expect(newKey.scope('github')).toBeHidden();
    await expect(page.getByText('1 of 13 scopes shown.')).toBeVisible();
    await newKey.searchScopes.press('Enter');
    await expect(newKey.scope('gmail')).toBeVisible();
    await newKey.scope('gmail').check();
    await newKey.searchScopes.fill('nothing like it');
    await expect(page.getByText('No scope matches.')).toBeVisible();
    await newKey.createButton.click();
    await reveal.stored.click();
    await expect(key.scopes.getByRole('listitem')).toHaveText([/^github/, /^gmail/]);
  });
});
