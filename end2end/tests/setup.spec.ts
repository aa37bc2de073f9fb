import { OWNER } from '../fixtures/owner.ts';
import { expect, test } from '../fixtures/test.ts';

test('the setup link works once, and nothing else claims the instance', async ({ page, instance, setup, stranger }) => {
  const link = instance.setupLink ?? '';
  for (const wrong of ['/setup', '/setup?token=', `${link}0`]) {
    expect((await page.goto(wrong))?.status()).toBe(404);
    await expect(setup.closed).toBeVisible();
  }
  await page.goto(link);
  await setup.claim(OWNER);
  await expect(page).toHaveURL(/\/w\/northwind\/keys$/);

  const latecomer = await stranger.newPage();
  expect((await latecomer.goto(link))?.status()).toBe(404);
  await expect(latecomer.getByRole('link', { name: 'Sign in' })).toBeVisible();
  const token = new URL(link).searchParams.get('token') ?? '';
  const again = await stranger.request.post('/setup', {
    form: { ...OWNER, email: 'eve@example.com', plan: 'starter', token },
  });
  expect(again.status()).toBe(404);
});

test('a restart before setup prints a fresh link, and the older one ends', async ({ page, instance, setup }) => {
  const older = instance.setupLink ?? '';
  await instance.restart();
  expect(instance.setupLink).not.toBe(older);
  expect((await page.goto(older))?.status()).toBe(404);
  await page.goto(instance.setupLink ?? '');
  await expect(setup.name).toBeVisible();
});

test('a second start has everything still there, the session too, and prints no link', async ({
  page, instance, workspace, given, keys, call,
}) => {
  const { secret } = await given({ label: 'ci' });
  await instance.restart();
  expect(instance.setupLink).toBeUndefined();
  await page.goto(workspace.keys);
  await expect(keys.row('ci')).toContainText('Active');
  expect((await call(secret)).status).toBe(200);
});

test('common passwords are refused with the reason, and what was typed is kept', async ({ page, instance, setup }) => {
  await page.goto(instance.setupLink ?? '');
  for (const password of ['password1234', 'qwertyuiop12', 'short']) {
    await setup.claim({ ...OWNER, password });
    await expect(setup.password).toHaveAccessibleDescription(/commonly used|very common|at least 12 characters;/);
    await expect(setup.password).toHaveAttribute('aria-invalid', 'true');
    await expect(setup.name).toHaveValue(OWNER.name);
    await expect(setup.email).toHaveValue(OWNER.email);
    await expect(setup.workspace).toHaveValue(OWNER.workspace);
    await expect(setup.password).toHaveValue('');
  }
  await setup.claim({ password: OWNER.password });
  await expect(page).toHaveURL(/\/w\/northwind\/keys$/);
});

test('several faults are listed, each with a link to its field', async ({ page, instance, setup }) => {
  await page.goto(instance.setupLink ?? '');
  await setup.claim({ name: ' ', email: 'ada', password: 'short', workspace: '', plan: 'Scale' });
  const summary = page.getByRole('group', { name: '4 things need your attention' });
  await expect(summary.getByRole('link')).toHaveCount(4);
  await summary.getByRole('link', { name: /e-mail/i }).click();
  await expect(setup.email).toBeFocused();
  await expect(setup.email).toHaveValue('ada');
  await expect(setup.plan('Scale')).toBeChecked();
});

test('a plan that the profile does not have is refused', async ({ instance, context, page }) => {
  const token = new URL(instance.setupLink ?? '').searchParams.get('token') ?? '';
  const forged = await context.request.post('/setup', { form: { ...OWNER, plan: 'unlimited', token } });
  expect(forged.status()).toBe(422);
  const extra = await context.request.post('/setup', { form: { ...OWNER, plan: 'starter', token, role: 'root' } });
  expect(extra.status()).toBe(422);
  await page.goto(instance.setupLink ?? '');
  await expect(page.getByRole('heading', { name: /^Set up / })).toBeVisible();
});
