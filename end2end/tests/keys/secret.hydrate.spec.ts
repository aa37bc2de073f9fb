import { expect, test } from '../../fixtures/test.ts';

test.beforeEach(async ({ page, workspace, newKey, reveal }) => {
  await page.goto(`${workspace.keys}/new`);
  await newKey.submit({ label: 'ci', scopes: ['workflows:read'], expiry: '30' });
  // The island takes the button out of hiding: from then on everything on the page is awake.
  await expect(reveal.copySecret).toBeVisible();
});

test('the secret and each example are copied with one click', async ({ page, context, reveal }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  // The dashboard's own pages may write to the clipboard and not read it.
  const reader = await context.newPage();
  await reader.goto('/health/live');
  const clipboard = () => reader.evaluate(() => navigator.clipboard.readText());
  await reveal.copySecret.click();
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible();
  expect(await clipboard()).toBe(await reveal.secret.inputValue());

  for (const tab of ['curl', '.env', 'Node.js'] as const) {
    const text = await reveal.snippet(tab);
    await page.getByRole('button', { name: 'Copy', exact: true }).click();
    await expect.poll(clipboard).toBe(text);
  }
});

test('where the clipboard is refused, the secret is selected to be copied by hand', async ({ page, context, reveal }) => {
  await context.clearPermissions();
  await page.evaluate(() => {
    navigator.clipboard.writeText = () => Promise.reject(new DOMException('denied', 'NotAllowedError'));
  });
  await reveal.copySecret.click();
  await expect(page.getByRole('button', { name: /^Selected: press/ })).toBeVisible();
  const selected = await reveal.secret.evaluate((field: HTMLInputElement) => [field.selectionStart, field.selectionEnd]);
  expect(selected).toEqual([0, (await reveal.secret.inputValue()).length]);
});

test('leaving without copying asks first; staying keeps the secret', async ({ page, reveal, shell }) => {
  const secret = await reveal.secret.inputValue();
  // Browsers ask only for pages that somebody has touched.
  await reveal.secret.click();
  // The click is over only when the question has been answered.
  const [dialog] = await Promise.all([
    page.waitForEvent('dialog', async (asked) => (await asked.dismiss(), true)),
    shell.navigation.getByRole('link').first().click(),
  ]);
  expect(dialog.type()).toBe('beforeunload');
  await expect(reveal.secret).toHaveValue(secret);
});

for (const way of ['copying', 'saying so'] as const) {
  test(`after ${way}, leaving is not asked about`, async ({ page, context, reveal, shell, key }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    page.on('dialog', (dialog) => {
      throw new Error(`asked: ${dialog.type()}`);
    });
    await reveal.secret.click();
    if (way === 'copying') {
      await reveal.copySecret.click();
      await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible();
      await shell.navigation.getByRole('link').first().click();
      await expect(page).toHaveURL(/\/keys$/);
    } else {
      await reveal.stored.click();
      await expect(key.heading).toContainText('ci');
      await expect(reveal.secret).toHaveCount(0);
    }
  });
}

test('common_02: Back never brings the page back from the browser’s memory', async ({ page, reveal, key, keys, workspace }) => {
  const secret = await reveal.secret.inputValue();
  await reveal.stored.click();
  await expect(key.heading).toContainText('ci');
  await keys.open(workspace.keys);
  await page.goBack();
  await expect(key.heading).toContainText('ci');
  await expect(reveal.secret).toHaveCount(0);
  expect(await page.content()).not.toContain(secret);
});
