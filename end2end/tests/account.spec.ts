import { OWNER } from '../fixtures/owner.ts';
import { expect, test } from '../fixtures/test.ts';
import { LoginPage } from '../pages/index.ts';

test('signing out everywhere ends this browser and the other at once', async ({ page, account, shell, stranger, workspace }) => {
  const other = await stranger.newPage();
  await other.goto('/login');
  await new LoginPage(other).signIn(OWNER);
  await expect(other).toHaveURL(workspace.keys);

  await account.open();
  await expect(account.sessions).toHaveCount(2);
  await expect(account.sessions.filter({ hasText: 'This browser' })).toHaveCount(1);
  await account.signOutEverywhere.click();
  await expect(page).toHaveURL(/\/login$/);
  await expect(shell.toast).toHaveText('You are signed out everywhere.');

  await other.reload();
  await expect(other).toHaveURL(/\/login/);
});

test('a new password ends the other browsers, and the old password with them', async ({ page, account, shell, login, stranger, workspace }) => {
  const other = await stranger.newPage();
  await other.goto('/login');
  await new LoginPage(other).signIn(OWNER);
  await expect(other).toHaveURL(workspace.keys);

  const password = 'amber lighthouse quartet';
  await account.open();
  await account.change(OWNER.password, password);
  await expect(shell.toast).toContainText('Password changed');
  await expect(account.sessions).toHaveCount(1);
  await other.goto('/account');
  await expect(other).toHaveURL(/\/login/);

  await shell.signOut();
  await login.signIn(OWNER);
  await expect(login.problem).toBeVisible();
  await login.signIn({ ...OWNER, password });
  await expect(page).toHaveURL(/\/w\/northwind\/keys$/);
});

test('a password is changed only by who knows the present one, to one that is worth having', async ({ account, workspace }) => {
  expect(workspace.slug).toBe('northwind');
  await account.open();
  await account.change('not this one', 'amber lighthouse quartet');
  await expect(account.current).toHaveAccessibleDescription(/not your current password/);
  await account.change(OWNER.password, 'password1234');
  await expect(account.password).toHaveAccessibleDescription(/very common password/);
});

test('each browser is named in words', async ({ account, workspace, stranger }) => {
  await stranger.request.post('/login', {
    form: { email: OWNER.email, password: OWNER.password, next: '' },
    headers: { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' },
  });
  expect(workspace.slug).toBe('northwind');
  await account.open();
  await expect(account.sessions.filter({ hasText: 'Firefox on Linux' })).toContainText('127.0.0.1');
  await expect(account.sessions.filter({ hasText: 'signed in just now' })).toHaveCount(2);
});
