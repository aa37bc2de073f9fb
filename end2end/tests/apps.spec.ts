import { LoopbackClient } from '../fixtures/client.ts';
import { expect, test } from '../fixtures/test.ts';
import { ConsentPage } from '../pages/index.ts';

test.use({ profile: 'skode' });

const GOOD = { name: 'CRM sync', kind: 'Server', redirects: 'https://crm.example/callback', scopes: ['leads:read'] } as const;

test('skode_03: Settings > API & Webhooks > OAuth Apps: register an app, get its client_id and client_secret', async ({
  page, workspace, shell, apps, newApp, oauthApp,
}) => {
  await page.goto(workspace.keys);
  await shell.navigation.getByRole('link', { name: 'OAuth Apps' }).click();
  await expect(shell.heading).toHaveText('OAuth Apps');
  await expect(shell.trail).toHaveText(/Settings\W+API & Webhooks/);
  await apps.register.click();
  await newApp.submit({ ...GOOD, scopes: [...GOOD.scopes] });

  await expect(shell.heading).toContainText('is ready');
  await expect(oauthApp.clientId).toHaveValue(/^app_[0-9A-Za-z]{22}$/);
  await expect(oauthApp.secret).toHaveValue(/^ks_[0-9A-Za-z]{49}$/);
  const secret = await oauthApp.secret.inputValue();
  await expect(page.getByText('/v1/oauth/token')).toBeVisible();
  await oauthApp.stored.click();
  await expect(shell.heading).toContainText('CRM sync');
  await expect(oauthApp.fact('Secret')).toContainText(`ks_…${secret.slice(-4)}`);
  expect(await page.content()).not.toContain(secret);
  await page.goto(`/w/${workspace.slug}/apps`);
  await expect(apps.row('CRM sync')).toContainText('Active');
});

test('every wrong address is named by its line, and what was typed stays', async ({ page, workspace, newApp }) => {
  await page.goto(`/w/${workspace.slug}/apps/new`);
  const redirects = 'https://crm.example/callback\nhttp://crm.example/callback\njavascript:alert(1)';
  await newApp.submit({ ...GOOD, scopes: [...GOOD.scopes], redirects });
  await expect(newApp.wrongLines).toHaveText([/^Line 2: /, /^Line 3: /]);
  await expect(newApp.redirects).toHaveValue(redirects);
  await newApp.submit({ redirects: 'https://crm.example/callback' });
  await expect(page.getByRole('heading', { level: 1 })).toContainText('is ready');
});

test('an app without a secret shows none, and is asked for none', async ({ page, workspace, shell, newApp, oauthApp }) => {
  await page.goto(`/w/${workspace.slug}/apps/new`);
  await newApp.kind('Device').check();
  await expect(newApp.redirects).toBeHidden();
  await newApp.submit({ name: 'Terminal', scopes: ['leads:read'] });
  await expect(shell.toast).toHaveText('“Terminal” is registered.');
  await expect(oauthApp.fact('Proves itself by')).toHaveText('client_id in the body, no secret');
  await expect(oauthApp.rotate).toHaveCount(0);
});

test('a secret is rotated with an overlap, which can be ended; the app is switched off, and deleted after a question', async ({
  page, workspace, shell, apps, newApp, oauthApp,
}) => {
  await page.goto(`/w/${workspace.slug}/apps/new`);
  await newApp.submit({ ...GOOD, scopes: [...GOOD.scopes] });
  const old = await oauthApp.secret.inputValue();
  await oauthApp.stored.click();
  await oauthApp.rotate.click();
  await page.getByRole('radio', { name: /^1 hour/ }).check();
  await page.getByRole('button', { name: 'Rotate secret' }).click();
  expect(await oauthApp.secret.inputValue()).not.toBe(old);
  await oauthApp.stored.click();
  await expect(oauthApp.fact('Old secret')).toContainText(`ks_…${old.slice(-4)}`);
  await oauthApp.button('End it now').click();
  await expect(shell.toast).toHaveText('The old secret has stopped working.');

  await oauthApp.button('Disable').click();
  await expect(shell.heading).toContainText('Disabled');
  await oauthApp.button('Enable').click();
  await expect(shell.heading).toContainText('Active');
  await page.getByRole('link', { name: 'Delete', exact: true }).click();
  await expect(page.getByText('Nothing that it was allowed still holds')).toBeVisible();
  await page.getByRole('button', { name: 'Delete app' }).click();
  await expect(apps.row('CRM sync')).toHaveCount(0);
});

test('PKCE can be made optional for an app on a server, and the page goes on saying so', async ({
  page, workspace, newApp, oauthApp,
}) => {
  await page.goto(`/w/${workspace.slug}/apps/new`);
  await newApp.submit({ ...GOOD, scopes: [...GOOD.scopes] });
  await oauthApp.stored.click();
  await expect(oauthApp.fact('PKCE')).toHaveText('Required (S256)');
  await oauthApp.edit.click();
  await page.getByRole('checkbox', { name: /^PKCE is optional/ }).check();
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(oauthApp.fact('PKCE')).toHaveText('Optional');
  await expect(page.getByText('PKCE is optional for this app.')).toBeVisible();
});

test('the rule for apps from elsewhere is said in words and changed by who manages apps', async ({
  page, workspace, apps, shell, joined,
}) => {
  await page.goto(`/w/${workspace.slug}/apps`);
  await expect(apps.elsewhere).toContainText('Members may allow them, within their own role.');
  await apps.sayOfOthers('With approval');
  await expect(shell.toast).toHaveText('The rule for apps from elsewhere is saved.');
  await expect(apps.elsewhere).toContainText('Each has to be approved before members may allow it.');
  const member = await joined('Mo Member', 'member');
  const answer = await member.context.request.get(`/w/${workspace.slug}/apps`);
  expect(answer.status()).toBe(403);
});

test('an app that registered itself waits, unverified, until whoever manages apps lets it in', async ({
  page, workspace, instance, apps, shell,
}) => {
  await page.goto(`/w/${workspace.slug}/apps`);
  await apps.sayOfOthers('With approval');
  const client = await LoopbackClient.start(instance.url);
  await page.goto(client.address('leads:read'));
  const consent = new ConsentPage(page);
  await consent.allow.click();
  expect(client.answers).toHaveLength(0);

  await page.goto(`/w/${workspace.slug}/apps`);
  await expect(apps.foreign('Inspector')).toContainText('Unverified');
  await expect(apps.foreign('Inspector')).toContainText('Waits for approval');
  await apps.foreign('Inspector').getByRole('link').click();
  await expect(page.getByText('Nobody has vouched for this app.')).toBeVisible();
  await page.getByRole('button', { name: 'Approve' }).click();
  await expect(shell.toast).toHaveText('“Inspector” is approved.');

  await page.goto(client.address('leads:read'));
  await consent.allow.click();
  await expect(page).toHaveTitle('Client');
  const tokens = await client.redeem(client.answers[0]?.get('code') ?? '');
  await page.goto(`/w/${workspace.slug}/apps`);
  await apps.foreign('Inspector').getByRole('link').click();
  await page.getByRole('link', { name: 'Remove' }).click();
  await page.getByRole('button', { name: 'Remove app' }).click();
  await expect(apps.foreign('Inspector')).toHaveCount(0);
  expect((await client.refresh(tokens.refresh_token)).status).toBe(400);
  client.stop();
});

test('what was refused to an app stands on its page, with what would have been right', async ({
  page, workspace, instance, newApp, oauthApp,
}) => {
  await page.goto(`/w/${workspace.slug}/apps/new`);
  await newApp.submit({ ...GOOD, scopes: [...GOOD.scopes] });
  const client_id = await oauthApp.clientId.inputValue();
  await oauthApp.stored.click();
  await expect(oauthApp.trace).toContainText('Nothing was refused to this app.');
  const asked = { response_type: 'code', client_id, redirect_uri: 'https://crm.example/other' };
  expect((await page.request.get(`${instance.url}/oauth/authorize?${new URLSearchParams(asked)}`)).status()).toBe(400);
  const body = new URLSearchParams({ grant_type: 'refresh_token', client_id, client_secret: 'ks_wrong' });
  expect((await fetch(`${instance.url}/v1/oauth/token`, { method: 'POST', body })).status).toBe(401);
  await page.reload();
  await expect(oauthApp.trace).toContainText('https://crm.example/callback');
  await expect(oauthApp.trace).toContainText('https://crm.example/other');
  await expect(oauthApp.trace).toContainText('invalid_client');
  await expect(oauthApp.trace).not.toContainText('ks_wrong');
});
