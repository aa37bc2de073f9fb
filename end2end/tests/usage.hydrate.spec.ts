import { expect, test } from '../fixtures/test.ts';

test('lodol_09: the meters move by themselves, and the page stays as it is', async ({ page, workspace, given, call, usage, key }) => {
  const { id, secret } = await given({ label: 'CI', scopes: ['workflows:read'] });
  for (const path of [`/w/${workspace.slug}/usage`, `${workspace.keys}/${id}`]) {
    await page.goto(path, { waitUntil: 'networkidle' });
    const left = Number((await usage.limits.locator('strong').first().textContent()) ?? '');
    await page.evaluate(() => document.body.setAttribute('data-untouched', ''));
    expect((await call(secret)).status).toBe(200);
    await expect(usage.limits).toContainText(`${left - 1} left of 60`, { timeout: 12_000 });
    await expect(page.locator('body[data-untouched]')).toHaveCount(1);
    await expect(usage.lookAgain, 'a script does it').toBeHidden();
  }
  await expect(key.heading).toContainText('CI');
});
