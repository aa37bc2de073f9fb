import { OWNER } from '../fixtures/owner.ts';
import { expect, test } from '../fixtures/test.ts';

test('common_13: the log says who did what, when, from where, and what was refused', async ({
  page, context, workspace, keys, audit, stranger,
}) => {
  await page.goto(workspace.keys);
  await keys.create({ label: 'ci', scopes: ['workflows:read', 'executions:read'], expiry: '30' });
  await page.goto(workspace.keys);
  await keys.revoke('ci');
  await stranger.request.post('/login', { form: { email: OWNER.email, password: 'not this one', next: '' } });
  await context.request.post(`${workspace.keys}/key_0000000000000000000000000/revoke`, { form: {} });

  await audit.open();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Audit log');
  const created = audit.entry('Created a key', 'ci');
  await expect(created).toContainText(OWNER.name);
  await expect(created).toContainText('127.0.0.1');
  await expect(created).toContainText('just now');
  await expect(created).toContainText('workflows:read, executions:read');
  await expect(audit.entry('Revoked a key', 'ci')).toContainText('active → revoked');
  await expect(audit.entry('Tried to sign in')).toContainText(/Refused.*Wrong credentials/is);
  await expect(audit.entry('Created the workspace')).toContainText('starter');
});

test('the log comes in pages, the latest entry first', async ({ page, workspace, audit, stranger, context }) => {
  const form = { email: OWNER.email, password: OWNER.password, next: '' };
  for (let i = 0; i < 28; i++) {
    await stranger.request.post('/login', { form });
    await stranger.request.post('/logout');
  }
  expect((await context.cookies()).length).toBeGreaterThan(0);
  await page.goto(`/w/${workspace.slug}/audit`);
  await expect(audit.entry('Signed')).toHaveCount(50);
  await page.getByRole('link', { name: 'Older entries' }).click();
  await expect(audit.entry('Signed')).toHaveCount(6);
  await expect(audit.entry('Created the workspace')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Older entries' })).toHaveCount(0);
});
