import { expect, test } from '../fixtures/test.ts';

test.use({ profile: 'skillett' });

test('skillett_01: keys are sk_ and hex; eight characters after sk_ stay visible; the whole is shown once', async ({
  page, workspace, shell, newKey, reveal, keys,
}) => {
  await page.goto(workspace.keys);
  await expect(shell.heading).toHaveText('API keys');
  await expect(shell.trail).toContainText('Dashboard');
  await page.goto(`${workspace.keys}/new`);
  await newKey.submit({ label: 'agent' });
  await expect(reveal.secret).toHaveValue(/^sk_[0-9a-f]{64,}$/);
  const secret = await reveal.secret.inputValue();
  await reveal.stored.click();
  expect(await page.content()).not.toContain(secret);
  await page.goto(workspace.keys);
  await expect(keys.row('agent')).toContainText(`sk_${secret.slice(3, 11)}…${secret.slice(-4)}`);
});

test('skillett_03: unless it is narrowed, a key has every integration; else those that were chosen', async ({
  page, workspace, newKey, reveal, key, call,
}) => {
  await page.goto(`${workspace.keys}/new`);
  await expect(newKey.scope('*')).toBeChecked();
  await newKey.submit({ label: 'all' });
  const all = await reveal.secret.inputValue();
  await reveal.stored.click();
  await expect(key.scopes).toContainText('Everything that Skillett offers, what comes later too.');
  for (const integration of ['github', 'stripe']) {
    expect((await call(all, `/v1/skills/${integration}`)).status, integration).toBe(200);
  }

  await page.goto(`${workspace.keys}/new`);
  await newKey.scope('*').uncheck();
  await newKey.submit({ label: 'two', scopes: ['github', 'gmail'] });
  const two = await reveal.secret.inputValue();
  await reveal.stored.click();
  await expect(key.scopes.getByRole('listitem')).toHaveText([/^github/, /^gmail/]);
  expect((await call(two, '/v1/skills/github')).status).toBe(200);
  expect((await call(two, '/v1/gmail/messages', 'POST', { params: { query: 'from:ada' } })).status).toBe(200);
  const refused = await call(two, '/v1/slack/post', 'POST');
  expect(refused.status).toBe(403);
  expect(await refused.json()).toMatchObject({ error: 'insufficient_scope' });
  // What belongs to no integration needs nothing but a key.
  expect((await call(two, '/v1/skills')).status).toBe(200);
});

test('skillett_03: over REST `*` is the default, and a text with commas is taken as it is printed', async ({ context, workspace, call }) => {
  expect(workspace.slug).toBe('northwind');
  const make = async (data: object) => {
    const answer = await context.request.post('/api-keys', { data });
    expect(answer.status(), await answer.text()).toBe(201);
    return (await answer.json()) as { scopes: string[]; key: string };
  };
  expect((await make({ label: 'default' })).scopes).toEqual(['*']);
  expect((await make({ label: 'one', scopes: 'github' })).scopes).toEqual(['github']);
  const both = await make({ label: 'both', scopes: 'github,gmail' });
  expect(both.scopes).toEqual(['github', 'gmail']);
  expect((await call(both.key, '/v1/skills/linear')).status).toBe(403);
  const unknown = await context.request.post('/api-keys', { data: { label: 'x', scopes: 'github,myspace' } });
  expect(unknown.status()).toBe(422);
});

test('skillett_09: GET, POST and DELETE /api-keys; the list is paged and filtered by the query string', async ({ context, workspace }) => {
  expect(workspace.slug).toBe('northwind');
  for (const label of ['one', 'two', 'three']) {
    expect((await context.request.post('/api-keys', { data: { label, scopes: ['github'] } })).status()).toBe(201);
  }
  interface List {
    data: { id: string; label: string; status: string }[];
    meta: { next_cursor: string | null };
  }
  const list = async (query: string) => (await (await context.request.get(`/api-keys?${query}`)).json()) as List;
  const first = await list('limit=2');
  expect(first.data.map(({ label }) => label)).toEqual(['three', 'two']);
  const second = await list(`limit=2&cursor=${first.meta.next_cursor}`);
  expect(second.data.map(({ label }) => label)).toEqual(['one']);
  expect(second.meta.next_cursor).toBeNull();

  const gone = await context.request.delete(`/api-keys/${second.data[0]?.id}`);
  expect(gone.status()).toBe(200);
  expect(await gone.json()).toMatchObject({ label: 'one', status: 'revoked' });
  expect((await list('status=revoked')).data.map(({ label }) => label)).toEqual(['one']);
  expect((await list('q=t&sort=label')).data.map(({ label }) => label)).toEqual(['three', 'two']);
  expect((await context.request.get('/api-keys?status=asleep')).status()).toBe(400);
});

test('common_08: a refusal says what, why, and where more can be had', async ({ instance, workspace }) => {
  expect(workspace.slug).toBe('northwind');
  const missing = await fetch(`${instance.url}/v1/skills`);
  expect(missing.status).toBe(401);
  expect(missing.headers.get('www-authenticate')).toMatch(/^Bearer realm=/);
  const refused = { error: 'unauthorized', message: expect.any(String), action_url: `${instance.url}/` };
  expect(await missing.json()).toEqual(refused);
  const wrong = await fetch(`${instance.url}/v1/skills`, {
    headers: { authorization: `Bearer sk_${'0'.repeat(72)}`, accept: 'application/problem+json' },
  });
  expect(wrong.headers.get('content-type')).toBe('application/problem+json');
  expect(await wrong.json()).toMatchObject({ error: 'unauthorized', status: 401, title: expect.any(String) });
});

test('the plan page leads to where the plan is changed', async ({ workspace, plans }) => {
  await plans.open(workspace.slug);
  await expect(plans.row('Pro')).toContainText('Current');
  await expect(plans.change).toHaveAttribute('href', 'https://app.skillett.dev/billing');
});
