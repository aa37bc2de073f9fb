import { expect, test } from '../fixtures/test.ts';

const EXECUTIONS = '/api/v1/executions';

test('a refused request is found by its id, and explained with what would have let it pass', async ({
  page, workspace, given, call, refusals, editKey,
}) => {
  const { id, secret } = await given({ label: 'ci' });
  const answer = await call(secret, EXECUTIONS);
  expect(answer.status).toBe(403);
  await refusals.open(workspace.slug);
  await refusals.lookFor(` ${answer.headers.get('x-request-id')} `);
  await expect(refusals.heading).toHaveText('Scope missing');
  await expect(page.getByText('The key lacks executions:read.').first()).toBeVisible();
  await expect(refusals.checks).toHaveCount(14);
  await expect(refusals.checks.nth(2)).toContainText('Passed: Known key');
  await expect(refusals.checks.nth(11)).toContainText('Failed: Scopes');
  await expect(refusals.checks.nth(12)).toContainText('Not reached: ');

  await page.getByRole('link', { name: 'Edit its scopes' }).click();
  await expect(page).toHaveURL(`${workspace.keys}/${id}/edit`);
  await editKey.scope('executions:read').check();
  await editKey.save.click();
  expect((await call(secret, EXECUTIONS)).status).toBe(200);
});

test('refused requests are listed, and narrowed by key and by reason', async ({ page, workspace, given, call, keys, refusals }) => {
  const one = await given({ label: 'ci' });
  const other = await given({ label: 'old laptop' });
  await call(one.secret, EXECUTIONS);
  await call(one.secret, '/api/v1/nothing');
  await page.context().request.delete(`/api-keys/${other.id}`);
  const last = await call(other.secret);
  expect(last.status).toBe(401);

  await page.goto(workspace.keys);
  await page.getByRole('link', { name: 'Why was a request refused?' }).click();
  await refusals.lookFor(last.headers.get('x-request-id') ?? '');
  await expect(refusals.heading).toHaveText('Key revoked');
  await page.getByRole('link', { name: 'Why was this refused?' }).click();
  await expect(refusals.requests).toHaveText([/Key revoked.*old laptop/s, /No such route.*ci/s, /Scope missing.*ci/s]);
  await refusals.choice('Key').selectOption('ci');
  await refusals.apply.click();
  await expect(refusals.requests).toHaveCount(2);
  await refusals.choice('Reason').selectOption('No such route');
  await refusals.apply.click();
  await expect(refusals.requests).toHaveText([/No such route/]);
  await refusals.chips.filter({ hasText: 'ci' }).click();
  await expect(page).toHaveURL(`/w/${workspace.slug}/refusals?reason=not_found`);

  await page.goto(`${workspace.keys}/${other.id}`);
  await page.getByRole('link', { name: 'Why were requests with this key refused?' }).click();
  await expect(refusals.requests).toHaveText([/Key revoked/]);
  await refusals.lookFor(one.secret.slice(0, 12));
  await expect(refusals.requests).toHaveCount(2);
  await expect(keys.chips).toContainText('ci');
});

test('what nobody knows is said to be unknown, without saying it again', async ({ page, workspace, refusals }) => {
  await refusals.open(workspace.slug);
  await expect(page.getByText('Nothing was refused in the last 7 days.')).toBeVisible();
  const stranger = `sk_live_${'x'.repeat(49)}`;
  for (const text of [stranger, '0198c0de-7f3a-7000-8000-000000000006']) {
    await refusals.lookFor(text);
    await expect(page.getByText('No refused request is known by this, and no key.')).toBeVisible();
    expect(page.url()).not.toContain('xxxx');
    expect(await page.content()).not.toContain(stranger);
  }
  await refusals.lookFor('');
  await expect(page.getByText('Paste the id of a request, or a key')).toBeVisible();
});

test('the page of a new secret has a way to see its first request', async ({ page, workspace, newKey, reveal, call, javaScriptEnabled }) => {
  await page.goto(`${workspace.keys}/new`);
  await newKey.submit({ label: 'ci', scopes: ['workflows:read'], expiry: '30' });
  const secret = await reveal.secret.inputValue();
  await expect(reveal.firstCall).toContainText('Waiting for the first request with this key…');
  expect((await call(secret, EXECUTIONS)).status).toBe(403);
  if (!javaScriptEnabled) {
    await expect(async () => {
      await reveal.refresh.click();
      await expect(reveal.firstCall).toContainText('403 GET /api/v1/executions · just now', { timeout: 500 });
    }).toPass();
    expect(await page.content(), 'the secret is shown once').not.toContain(secret);
  }
  await expect(reveal.firstCall).toContainText('The key lacks executions:read.');
  expect((await call(secret)).status).toBe(200);
  if (!javaScriptEnabled) {
    await expect(async () => {
      await page.reload();
      await expect(reveal.firstCall).toContainText('200 GET /api/v1/workflows · just now', { timeout: 500 });
    }).toPass();
    await expect(reveal.refresh, 'there is nothing to wait for').toHaveCount(0);
  }
  await expect(reveal.firstCall).toContainText('200 GET /api/v1/workflows');
});
