import { expect, test } from '../../fixtures/test.ts';

/** A day so many days from now, as date fields write it. */
const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

test('faults are said beside their fields, and what was typed is kept', async ({ page, workspace, newKey, keys }) => {
  await page.goto(`${workspace.keys}/new`);
  await newKey.submit({ label: 'x'.repeat(80), expiry: '2020-01-31', note: 'Ask Ada.' });
  await expect(page.getByRole('group', { name: '2 things need your attention' })).toBeVisible();
  await expect(page.getByRole('group', { name: 'Scopes' })).toHaveAccessibleDescription(/Choose at least one scope\./);
  await expect(newKey.lastDay).toHaveAccessibleDescription('This day is past. Choose today or later.');
  await expect(newKey.label).toHaveValue('x'.repeat(80));
  await expect(newKey.note).toHaveValue('Ask Ada.');
  await expect(newKey.lastDay).toHaveValue('2020-01-31');
  await expect(newKey.expiry('custom')).toBeChecked();

  await newKey.submit({ label: ' \t ', scopes: ['executions:read'], expiry: '30' });
  await expect(newKey.label).toHaveAccessibleDescription(/The label cannot be empty\./);
  await expect(newKey.label).toBeFocused();
  await expect(newKey.scope('executions:read')).toBeChecked();
  await expect(newKey.scope('workflows:read')).not.toBeChecked();
  await expect(newKey.expiry('30')).toBeChecked();

  await newKey.cancel.click();
  await expect(keys.usage('0 of 3 keys used')).toBeVisible();
});

test('a label that another key has is pointed out, and then allowed', async ({ page, workspace, given, newKey, keys, reveal }) => {
  await given({ label: 'ci' });
  await page.goto(`${workspace.keys}/new`);
  await newKey.submit({ label: 'ci', scopes: ['executions:read'], expiry: '7' });
  await expect(page.getByText(/There is a key called “ci” already/)).toBeVisible();
  await expect(page.getByText(/^sk_live_\w{4}…\w{4}$/)).toBeVisible();
  await expect(newKey.scope('executions:read')).toBeChecked();
  await newKey.createAnyway.click();
  await reveal.stored.click();
  await page.goto(workspace.keys);
  await expect(keys.row('ci')).toHaveCount(2);
});

test('markup and right-to-left labels are shown as text everywhere', async ({ page, workspace, keys, key, reveal, audit }) => {
  await page.goto(workspace.keys);
  for (const label of ['<script>document.title="gone"</script>', 'مفتاح الإنتاج', '"><img src=x onerror=alert(1)>']) {
    await keys.open(`${workspace.keys}/new`);
    await page.getByLabel('Label').fill(label);
    await page.getByRole('checkbox', { name: 'workflows:read' }).check();
    await page.getByRole('button', { name: 'Create key' }).click();
    await expect(reveal.heading).toContainText(label);
    await reveal.stored.click();
    await expect(key.heading).toContainText(label);
    await keys.open(workspace.keys);
    await expect(keys.row(label)).toBeVisible();
    await keys.revokeLink(label).click();
    await expect(keys.question).toContainText(label);
    await keys.open(workspace.keys);
    await audit.open();
    await expect(audit.entry('Created a key', label)).toBeVisible();
    await expect(page).toHaveTitle(/Audit log/);
  }
});

test('control and direction-changing characters are refused in labels', async ({ page, workspace, context, keys }) => {
  for (const label of ['a\u202eb', 'a\u0000b', 'a\u2066b', 'a\u0007b']) {
    const form = { label, scopes: 'workflows:read', expiry: '30', expires_on: '', note: '' };
    const answer = await context.request.post(`${workspace.keys}/new`, { form });
    expect(answer.status()).toBe(422);
    expect(await answer.text()).toContain('control or direction-changing character');
  }
  await page.goto(workspace.keys);
  await expect(keys.usage('0 of 3 keys used')).toBeVisible();
});

test('common_04: a key has the note, the scopes and the last day that were chosen', async ({ page, workspace, newKey, reveal, key }) => {
  await page.goto(`${workspace.keys}/new`);
  await newKey.submit({ label: 'ci', scopes: ['workflows:read', 'executions:read'], expiry: day(45), note: 'First line.\nAsk Ada.' });
  await reveal.stored.click();
  await expect(key.heading).toContainText('ci');
  // Through the whole of its last day: it ends with the next one.
  await expect(key.fact('Expires')).toContainText('in 45 days');
  await expect(key.fact('Note')).toHaveText('First line.\nAsk Ada.');
  await expect(key.fact('Last used')).toContainText('Never used');
  await expect(key.fact('Created')).toContainText('just now by Ada Lovelace');
  await expect(key.scopes.getByRole('listitem')).toHaveText([/^workflows:read/, /^executions:read/]);
});

test('each preset says the day that it comes to; a key may also never end', async ({ page, workspace, newKey, reveal, key }) => {
  await page.goto(`${workspace.keys}/new`);
  for (const days of [7, 30, 90, 365]) {
    const until = new Date(Date.now() + days * 86_400_000);
    const words = until.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
    await expect(newKey.expiry(String(days))).toHaveAccessibleName(`${days} days until ${words}`);
  }
  await expect(newKey.expiry('90')).toBeChecked();
  await newKey.submit({ label: 'ci', scopes: ['workflows:read'], expiry: 'never' });
  await reveal.stored.click();
  await expect(key.fact('Expires')).toHaveText('Never');
});

test('forged fields and unknown scopes make no key', async ({ page, workspace, context, keys }) => {
  const good = { label: 'ci', scopes: 'workflows:read', expiry: '30' };
  const forged = [
    { ...good, workspace: 'other' },
    { ...good, user: 'usr_1' },
    { ...good, plan: 'scale' },
    { ...good, scopes: 'keys:manage' },
    { ...good, scopes: '*' },
    { ...good, expiry: '-1' },
    { ...good, expiry: '99999999' },
    { ...good, label: 'x'.repeat(81) },
    { ...good, note: 'n'.repeat(501) },
  ];
  for (const form of forged) {
    expect((await context.request.post(`${workspace.keys}/new`, { form })).status(), JSON.stringify(form)).toBe(422);
  }
  await page.goto(workspace.keys);
  await expect(keys.usage('0 of 3 keys used')).toBeVisible();
});

test('another site cannot make a key in the owner’s name', async ({ page, instance, workspace, keys, reveal }) => {
  // A name of this machine, so that it needs no network; to the browser it is another site.
  const elsewhere = instance.url.replace('127.0.0.1', 'evil.localhost');
  const body = `<form method="post" action="${instance.url}${workspace.keys}/new">
    <input name="label" value="forged"><input name="scopes" value="workflows:read"><button>Win a prize</button></form>`;
  await page.route(`${elsewhere}/**`, (route) => route.fulfill({ contentType: 'text/html', body }));
  await page.goto(`${elsewhere}/prize`);
  await page.getByRole('button', { name: 'Win a prize' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(reveal.secret).toHaveCount(0);
  await page.goto(instance.url + workspace.keys);
  await expect(keys.usage('0 of 3 keys used')).toBeVisible();
});
