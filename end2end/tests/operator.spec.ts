import { expect, test } from '../fixtures/test.ts';

const GRACE = { email: 'grace@globex.example', name: 'Grace Hopper' };

test('a link of the operator’s own site signs a person in, once, after asking', async ({ page, operator, workspace, signInLink, shell, stranger }) => {
  expect(workspace.slug).toBe('northwind');
  await page.context().clearCookies();
  const { url } = await operator.create('Globex', 'growth', GRACE);
  await signInLink.open(url);
  await expect(page.getByText(`You will be signed in as ${GRACE.email}.`)).toBeVisible();
  // Whoever merely follows the link uses nothing up.
  await signInLink.open(url);
  await signInLink.go.click();
  await expect(page).toHaveURL(/\/w\/globex\/keys$/);
  await expect(shell.heading).toHaveText('API keys');

  const again = await stranger.newPage();
  expect((await again.goto(url))?.status()).toBe(404);
  await expect(again.getByRole('heading', { name: 'This sign-in link does not work' })).toBeVisible();
});

test('whoever comes by links alone sets a password on the account page', async ({ page, operator, workspace, signInLink, shell, account, login }) => {
  expect(workspace.slug).toBe('northwind');
  await page.context().clearCookies();
  await operator.create('Globex', 'growth', GRACE);
  await signInLink.open(await operator.signInLink(GRACE.email, 'globex'));
  await signInLink.go.click();
  await account.open();
  await expect(account.current).toHaveCount(0);
  const password = 'amber lighthouse quartet';
  await account.password.fill(password);
  await page.getByRole('button', { name: 'Set a password' }).click();
  await expect(shell.toast).toBeVisible();
  await shell.signOut();
  await login.signIn({ email: GRACE.email, password });
  await expect(page).toHaveURL(/\/w\/globex\/keys$/);
});

test('a suspended workspace is shown with a notice on every page, its keys stop, and resuming undoes it', async ({
  page, context, operator, workspace, given, keys, shell, audit, call,
}) => {
  const { id, secret } = await given({ label: 'ci' });
  await operator.suspend(workspace.slug, 'The invoice of May is open.');
  const refused = await call(secret);
  expect(refused.status).toBe(403);
  expect(await refused.json()).toMatchObject({ error: 'workspace_suspended' });

  for (const path of [workspace.keys, `${workspace.keys}/${id}`, `/w/${workspace.slug}/audit`]) {
    await page.goto(path);
    await expect(page.getByText(/This workspace is suspended/)).toBeVisible();
  }
  await expect(audit.entry('The invoice of May is open.')).toContainText('Operator');
  const form = { label: 'new', scopes: 'workflows:read', expiry: '30' };
  expect((await context.request.post(`${workspace.keys}/new`, { form })).status()).toBe(403);
  expect((await context.request.post(`${workspace.keys}/${id}/revoke`, { form: {} })).status()).toBe(403);

  await operator.resume(workspace.slug);
  expect((await call(secret)).status).toBe(200);
  await page.goto(workspace.keys);
  await expect(page.getByText(/This workspace is suspended/)).toHaveCount(0);
  await expect(keys.createLink).toBeEnabled();
  await expect(shell.heading).toHaveText('API keys');
});

test('the operator’s doors take the operator’s token alone', async ({ context, instance, workspace, given }) => {
  const { secret } = await given({ label: 'ci' });
  const path = `${instance.url}/operator/workspaces/${workspace.slug}`;
  expect((await context.request.get(path)).status()).toBe(401);
  expect((await fetch(path, { headers: { authorization: `Bearer ${secret}` } })).status).toBe(401);
  const right = await fetch(path, { headers: { authorization: `Bearer ${instance.operatorToken}` } });
  expect(await right.json()).toMatchObject({ slug: workspace.slug, plan: 'starter', members: 1 });
});
