import { OWNER } from '../fixtures/owner.ts';
import { expect, test } from '../fixtures/test.ts';
import { LoginPage } from '../pages/index.ts';

const WRONG = { email: OWNER.email, password: 'not this one' };

test('a wrong password and an unknown e-mail get the same words', async ({ stranger, workspace }) => {
  expect(workspace.slug).toBe('northwind');
  const page = await stranger.newPage();
  const login = new LoginPage(page);
  await login.open();
  await login.signIn(WRONG);
  await expect(login.problem).toBeVisible();
  const words = await login.problem.innerText();
  await expect(login.email).toHaveValue(OWNER.email);
  await expect(login.password).toHaveValue('');

  await login.signIn({ ...WRONG, email: 'nobody@northwind.example' });
  await expect(login.email).toHaveValue('nobody@northwind.example');
  await expect(login.problem).toHaveText(words);
});

test('after five tries a stranger must wait, and the owner gets in with a browser known from before', async ({
  page, login, shell, stranger, workspace,
}) => {
  await page.goto(workspace.keys);
  await shell.signOut();
  await login.signIn(OWNER);
  await expect(page).toHaveURL(workspace.keys);
  await shell.signOut();

  const guessing = new LoginPage(await stranger.newPage());
  await guessing.open();
  for (let tries = 1; tries <= 5; tries++) {
    await guessing.signIn({ ...WRONG, password: `guess number ${tries}` });
    await expect(guessing.problem).toContainText('wrong');
  }
  // Not even the right password is looked at now.
  await guessing.signIn(OWNER);
  await expect(guessing.problem).toContainText(/Too many attempts\. Try again in 1[45] minutes\./);
  await guessing.signIn({ ...WRONG, email: 'grace@northwind.example' });
  await expect(guessing.problem).toContainText('Too many attempts');

  await login.signIn(OWNER);
  await expect(page).toHaveURL(workspace.keys);
});

test('signing in leads on to the page that was asked for, and never to another site', async ({
  page, login, context, workspace,
}) => {
  await context.clearCookies();
  await page.goto(`/w/${workspace.slug}/audit`);
  await expect(page).toHaveURL(/\/login\?next=/);
  await login.signIn(OWNER);
  await expect(page).toHaveURL(`/w/${workspace.slug}/audit`);

  for (const next of ['https://example.com/', '//example.com', '/\\example.com']) {
    await context.clearCookies();
    await page.goto(`/login?next=${encodeURIComponent(next)}`);
    await login.signIn(OWNER);
    await expect(page).toHaveURL(workspace.keys);
  }
});

test('signing in gives the session a new id, and signing out ends it', async ({ page, login, shell, context, stranger, workspace }) => {
  const session = async () => (await context.cookies()).find(({ name }) => name.endsWith('session'));
  const first = await session();
  expect(first).toMatchObject({ httpOnly: true, sameSite: 'Lax' });

  await page.goto(workspace.keys);
  await shell.signOut();
  await login.signIn(OWNER);
  await expect(page).toHaveURL(workspace.keys);
  const second = await session();
  expect(second?.value).not.toBe(first?.value);

  await shell.signOut();
  await expect(page).toHaveURL(/\/login$/);
  // Whoever kept the old cookies has nothing.
  await stranger.addCookies([first, second].flatMap((cookie) => cookie ?? []).slice(-1));
  const replayed = await stranger.newPage();
  await replayed.goto(workspace.keys);
  await expect(replayed).toHaveURL(/\/login/);
});

test('Back after signing out shows no page of the workspace', async ({ page, shell, given, workspace }) => {
  await given({ label: 'ci' });
  await page.goto(workspace.keys);
  await shell.signOut();
  await expect(page).toHaveURL(/\/login$/);
  await page.goBack();
  await expect(page).toHaveURL(/\/login/);
});
