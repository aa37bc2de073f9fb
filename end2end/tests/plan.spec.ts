import { expect, test } from '../fixtures/test.ts';

test('the plan page tells the plans apart, marks the current one, and says who changes it', async ({ page, workspace, given, plans }) => {
  await given({ label: 'ci' });
  await page.goto(workspace.keys);
  await plans.link.click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Plan');
  await expect(page.getByText('This workspace is on the Starter plan: 1 of 3 keys.')).toBeVisible();
  await expect(plans.row('Starter')).toContainText('Current');
  await expect(plans.row('Growth')).toContainText('10 keys');
  await expect(plans.row('Growth')).not.toContainText('Current');
  await expect(page.getByText('Your plan is set by Acme; ask them to change it.')).toBeVisible();
});

test('a larger plan has room at once; a smaller one leaves keys working and says what to do', async ({
  page, workspace, operator, given, keys, plans, call,
}) => {
  const secrets = [];
  for (const label of ['one', 'two', 'three']) secrets.push((await given({ label })).secret);
  await page.goto(workspace.keys);
  await expect(keys.createLink).toBeDisabled();
  await page.getByRole('link', { name: 'move to a larger plan' }).click();
  await expect(plans.row('Starter')).toContainText('Current');

  await operator.setPlan(workspace.slug, 'growth');
  await page.goto(workspace.keys);
  await expect(keys.usage('3 of 10 keys used')).toBeVisible();
  secrets.push(await keys.create({ label: 'four', scopes: ['workflows:read'], expiry: '30' }));

  await operator.setPlan(workspace.slug, 'starter');
  await page.goto(workspace.keys);
  await expect(keys.usage('4 of 3 keys used')).toBeVisible();
  await expect(keys.createLink).toBeDisabled();
  await expect(page.getByText('There are 4, from a larger plan: they go on working, but none can be added.')).toBeVisible();
  for (const secret of secrets) expect((await call(secret)).status).toBe(200);
  await plans.open(workspace.slug);
  await expect(page.getByText(/none can be made until 2 are revoked/)).toBeVisible();
});

test('common_12: 50 creates at once with one left make exactly one key; expired and revoked keys do not count', async ({
  page, context, workspace, given, keys,
}) => {
  await given({ label: 'one' });
  await given({ label: 'two' });
  const { id } = await given({ label: 'three' });
  const path = `/api/v1/workspaces/${workspace.slug}/api-keys`;
  expect((await context.request.delete(`${path}/${id}`)).status()).toBe(200);
  const create = (i: number) => context.request.post(path, { data: { label: `parallel ${i}`, scopes: ['workflows:read'] } });
  const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => create(i)));
  const statuses = answers.map((answer) => answer.status());
  expect(statuses.filter((status) => status === 201)).toHaveLength(1);
  expect(statuses.filter((status) => status === 403)).toHaveLength(49);
  const refused = answers.find((answer) => answer.status() === 403);
  expect(await refused?.json()).toMatchObject({ error: 'key_limit_reached', action_url: expect.stringContaining('/plan') });
  await page.goto(workspace.keys);
  await expect(keys.usage('3 of 3 keys used')).toBeVisible();
});
