import { expect, test } from '../fixtures/test.ts';

const background = (element: Element) => getComputedStyle(element).backgroundColor;

test('a theme is chosen without a script, and is there in the first byte of each later page', async ({ page, shell, workspace, context }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto(workspace.keys);
  const html = page.locator('html');
  await expect(html).not.toHaveAttribute('data-theme');
  const light = await page.locator('html').evaluate(background);

  await shell.chooseTheme('Dark');
  await expect(page).toHaveURL(workspace.keys);
  await expect(html).toHaveAttribute('data-theme', 'dark');
  expect(await page.locator('html').evaluate(background)).not.toBe(light);

  const first = await (await context.request.get(`/w/${workspace.slug}/audit`)).text();
  expect(first.slice(0, first.indexOf('<body'))).toMatch(/<html[^>]* data-theme="dark"/);

  await shell.signOut();
  await expect(html).toHaveAttribute('data-theme', 'dark');
  await shell.chooseTheme('System');
  await expect(html).not.toHaveAttribute('data-theme');
});

test('the system’s theme follows the system', async ({ page, instance }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto(instance.setupLink ?? '');
  const light = await page.locator('html').evaluate(background);
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await page.locator('html').evaluate(background)).not.toBe(light);
});

test('choosing a theme before signing in keeps the setup link', async ({ page, shell, setup, instance }) => {
  await page.goto(instance.setupLink ?? '');
  await shell.chooseTheme('Dark');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(setup.name).toBeVisible();
});
