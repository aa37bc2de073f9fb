import { readFile } from 'node:fs/promises';
import { daysAgo, rewrite } from '../fixtures/database.ts';
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

test('common_13: what changed is told from what to what, for each step of a key’s life', async ({
  page, workspace, given, key, editKey, rotateKey, reveal, audit,
}) => {
  const { id } = await given({ label: 'ci' });
  await key.open(workspace.keys, id);
  await key.editLink.click();
  await editKey.label.fill('CI, Frankfurt');
  await editKey.scope('executions:read').check();
  await editKey.save.click();
  await key.rotateLink.click();
  await rotateKey.submit('1 hour');
  await reveal.stored.click();
  await key.finish.click();
  await key.disableButton.click();
  await expect(key.heading).toContainText('Disabled');

  await page.goto(`/w/${workspace.slug}/audit`);
  const changed = audit.entry('Changed a key');
  await expect(changed).toContainText('ci → CI, Frankfurt');
  await expect(changed).toContainText('workflows:read → workflows:read, executions:read');
  for (const words of ['Rotated a key', 'Ended a key’s old secret', 'Disabled a key']) {
    await expect(audit.entry(words, 'CI, Frankfurt')).toContainText(OWNER.name);
  }
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
  await audit.older.click();
  await expect(audit.entry('Signed')).toHaveCount(6);
  await expect(audit.entry('Created the workspace')).toBeVisible();
  await expect(audit.older).toHaveCount(0);
});

test('the log is filtered by what, who, outcome and day; each filter stands as a chip that takes it away', async ({
  page, workspace, given, audit, stranger,
}) => {
  await given({ label: 'one' });
  await given({ label: 'two' });
  await stranger.request.post('/login', { form: { email: OWNER.email, password: 'not this one', next: '' } });
  await page.goto(`/w/${workspace.slug}/audit`);

  await audit.choice('What').selectOption('Created a key');
  await audit.apply.click();
  await expect(page).toHaveURL(/action=key\.created/);
  await expect(audit.entries).toHaveCount(2);
  await expect(audit.chips).toHaveText([/Created a key/]);
  await audit.choice('Who').selectOption(OWNER.name);
  await audit.from.fill(new Date().toISOString().slice(0, 10));
  await audit.apply.click();
  await expect(audit.entries).toHaveCount(2);
  await expect(audit.chips).toHaveCount(3);
  await audit.chips.filter({ hasText: 'Created a key' }).click();
  await expect(audit.entry('Created the workspace')).toBeVisible();

  await audit.clear.click();
  await audit.choice('Outcome').selectOption('Refused');
  await audit.apply.click();
  await expect(audit.entries).toHaveCount(1);
  await expect(audit.entry('Tried to sign in')).toBeVisible();
  await audit.choice('What').selectOption('Revoked a key');
  await audit.apply.click();
  await expect(page.getByText('Nothing in the log fits these filters.')).toBeVisible();
  await page.getByRole('link', { name: 'show everything' }).click();
  await expect(page).toHaveURL(`/w/${workspace.slug}/audit`);
});

test('a filter that cannot be read is told beside its field, and shows nothing meanwhile', async ({ page, workspace, audit }) => {
  const query = 'from=2026-11-30&to=2026-11-01';
  expect((await page.goto(`/w/${workspace.slug}/audit?${query}`))?.status()).toBe(422);
  await expect(audit.to).toHaveAccessibleDescription(/The last day is before the first\./);
  await expect(audit.from).toHaveValue('2026-11-30');
  await expect(audit.entries).toHaveCount(0);
  expect((await page.goto(`/w/${workspace.slug}/audit?cursor=garbage`))?.status()).toBe(400);
});

test('the log is taken along as CSV and as JSON Lines, as it is filtered; cells that look like formulas are text', async ({
  page, context, workspace, given, audit,
}) => {
  const { id } = await given({ label: '=HYPERLINK("http://evil.example")' });
  await given({ label: 'ci' });
  await context.request.delete(`/api-keys/${id}`);
  await page.goto(`/w/${workspace.slug}/audit?action=key.created`);

  const csv = await audit.export('CSV');
  expect(csv.suggestedFilename()).toMatch(/^audit-northwind-\d{4}-\d{2}-\d{2}\.csv$/);
  const lines = (await readFile(await csv.path(), 'utf8')).trim().split('\r\n');
  expect(lines[0]).toMatch(/^id,seq,at,actor_id,actor,via,action,/);
  expect(lines).toHaveLength(3);
  expect(lines.join('\n')).toContain(`"'=HYPERLINK(""http://evil.example"")"`);

  await page.goto(`/w/${workspace.slug}/audit`);
  const json = await audit.export('JSON Lines');
  expect(json.suggestedFilename()).toMatch(/\.jsonl$/);
  const entries = (await readFile(await json.path(), 'utf8')).trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(entries.map(({ action }) => action)).toContain('key.revoked');
  expect(entries.every(({ hash }) => /^[0-9a-f]{64}$/.test(String(hash)))).toBe(true);
  expect(JSON.stringify(entries)).toContain('=HYPERLINK(');
});

test('the log of a workspace is for those whose role has it', async ({ page, instance, context, workspace }) => {
  await rewrite(instance, (database) => database.run("update members set role = 'developer'"));
  expect((await page.goto(`/w/${workspace.slug}/audit`))?.status()).toBe(403);
  expect((await context.request.get(`/w/${workspace.slug}/audit/export.csv`)).status()).toBe(403);
  await page.goto(workspace.keys);
  await expect(page.getByRole('link', { name: 'Audit log' })).toHaveCount(0);
});

test('an altered line is found', async ({ instance, given }) => {
  await given({ label: 'ci' });
  expect(await instance.command('audit', 'verify')).toMatchObject({ code: 0 });
  await rewrite(instance, (database) =>
    database.run("update audit_log set actor = 'Somebody Else', at = ? where action = 'key.created'", [daysAgo(3)]),
  );
  const found = await instance.command('audit', 'verify');
  expect(found.code, found.output).not.toBe(0);
});
