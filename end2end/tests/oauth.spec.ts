import { LoopbackClient } from '../fixtures/client.ts';
import { OWNER } from '../fixtures/owner.ts';
import { expect, test } from '../fixtures/test.ts';
import { ConnectedPage, ConsentPage, LoginPage } from '../pages/index.ts';

test('skedcast_08 a person signs in, allows an app on their machine, and takes it back', async ({ page, instance, workspace, stranger, shell }) => {
  const client = await LoopbackClient.start(instance.url);
  const tab = await stranger.newPage();
  await tab.goto(client.address('workflows:read'));
  await new LoginPage(tab).signIn(OWNER);
  const consent = new ConsentPage(tab);
  await expect(consent.heading).toHaveText(/^Inspector wants to use .+ for you$/);
  await expect(consent.warning).toContainText('a program on this computer');
  await expect(consent.scopes).toHaveCount(1);
  await consent.allow.click();
  await expect(tab).toHaveTitle('Client');
  expect(client.answers).toHaveLength(1);
  expect(client.answers[0]?.get('iss')).toBe(instance.url);
  expect(client.answers[0]?.get('state')).toBe('some state');
  const tokens = await client.redeem(client.answers[0]?.get('code') ?? '');
  expect(tokens.access_token).toMatch(/^eyJ/);

  const connected = new ConnectedPage(page);
  await connected.open();
  await expect(connected.apps).toHaveCount(1);
  await expect(connected.apps).toContainText('Inspector');
  expect(workspace.slug).toBe('northwind');
  await connected.disconnect('Inspector');
  await expect(shell.toast).toContainText('is disconnected');
  await expect(connected.apps).toHaveCount(0);
  expect((await client.refresh(tokens.refresh_token)).status).toBe(400);
  client.stop();
});

test('a no is told to the app', async ({ page, instance, workspace }) => {
  expect(workspace.slug).toBe('northwind');
  const client = await LoopbackClient.start(instance.url);
  await page.goto(client.address('workflows:read'));
  await new ConsentPage(page).deny.click();
  await expect(page).toHaveTitle('Client');
  expect(client.answers[0]?.get('error')).toBe('access_denied');
  client.stop();
});

test('a code that no device shows is told in the form', async ({ page, workspace }) => {
  expect(workspace.slug).toBe('northwind');
  await page.goto('/device?user_code=BCDF-GHJK');
  const device = new ConsentPage(page);
  await expect(device.code).toHaveValue('BCDF-GHJK');
  await device.goOn.click();
  await expect(device.code).toHaveAccessibleDescription(/There is no such code/);
});
