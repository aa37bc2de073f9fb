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

test('what moves by itself can be told not to, and to go on', async ({ page, workspace, given, call, usage }) => {
  const { secret } = await given({ label: 'CI', scopes: ['workflows:read'] });
  await page.goto(`/w/${workspace.slug}/usage`, { waitUntil: 'networkidle' });
  await usage.limits.getByRole('button', { name: 'Pause' }).press('Enter');
  let asked = 0;
  page.on('request', () => asked++);
  expect((await call(secret)).status).toBe(200);
  await page.waitForTimeout(7_000);
  expect(asked).toBe(0);
  await expect(usage.limits).toContainText('60 left of 60');
  await usage.limits.getByRole('button', { name: 'Resume' }).click();
  await expect(usage.limits).toContainText('59 left of 60', { timeout: 12_000 });
});
