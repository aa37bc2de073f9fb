import { expect, test } from '../fixtures/test.ts';

test('an address at which there is nothing is a page in the same style, with a way on', async ({ page, workspace, shell, keys }) => {
  for (const path of [`/w/${workspace.slug}/nowhere`, `/w/${workspace.slug}/keys/key_0`, '/w/somebody-else/keys']) {
    expect((await page.goto(path))?.status()).toBe(404);
    await expect(shell.heading).toHaveText('There is nothing here');
    await expect(page).toHaveTitle(/There is nothing here/);
    await expect(shell.accountButton).toBeVisible();
  }
  await page.getByRole('link', { name: 'Back to the dashboard' }).click();
  await expect(page).toHaveURL(workspace.keys);
  await expect(keys.usage('0 of 3 keys used')).toBeVisible();
});

test('common_14: another’s workspace and an unknown one answer alike', async ({ page, workspace }) => {
  expect(workspace.slug).toBe('northwind');
  const bodies = [];
  for (const slug of ['somebody-else', 'unknown-one']) {
    await page.goto(`/w/${slug}/keys`);
    bodies.push(await page.getByRole('main').innerText());
  }
  expect(bodies[0]).toBe(bodies[1]);
});

test('a stranger is asked to sign in wherever there is something to see', async ({ stranger, workspace }) => {
  const page = await stranger.newPage();
  for (const path of ['/', '/account', workspace.keys, `${workspace.keys}/new`, `/w/${workspace.slug}/audit`]) {
    await page.goto(path);
    await expect(page).toHaveURL(/\/login/);
  }
});

test('common_08: programs get the same problems as JSON', async ({ stranger, workspace, context }) => {
  const gone = await context.request.get('/api/v1/workspaces/somebody-else/api-keys');
  expect(gone.status()).toBe(404);
  expect(await gone.json()).toEqual({ error: 'not_found', message: 'There is no such workspace.' });
  const anonymous = await stranger.request.get(`/api/v1/workspaces/${workspace.slug}/api-keys`);
  expect(anonymous.status()).toBe(401);
  expect(anonymous.headers()['www-authenticate']).toContain('Bearer');
  expect(await anonymous.json()).toEqual({ error: 'unauthorized', message: 'Sign in first.' });
  const path = await stranger.request.get('/nowhere', { headers: { accept: 'application/json' } });
  expect(await path.json()).toEqual({ error: 'not_found', message: 'There is no such address.' });
});
