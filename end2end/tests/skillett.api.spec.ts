import { paste, type Answer } from '../fixtures/curl.ts';
import { rewrite } from '../fixtures/database.ts';
import { expect, test as base } from '../fixtures/test.ts';

const test = base.extend<{ curl: (secret: string, method: string, path: string, body?: object) => Promise<Answer> }>({
  /** With the headers that the document asks for. */
  curl: ({ instance }, use) =>
    use((secret, method, path, body) => {
      const json = body ? `-H "Content-Type: application/json" -d '${JSON.stringify(body)}'` : '';
      return paste(`curl -X ${method} "${instance.url}${path}" -H "Authorization: Bearer ${secret}" ${json}`);
    }),
});

test.use({ profile: 'skillett' });

/** The document's table, as far as it is about the API behind the gate. */
const ENDPOINTS = `GET/v1/skillsList integrations
GET/v1/skills/:integrationList endpoints for integration
GET/v1/skills/:integration/:endpointEndpoint documentation
POST/v1/:integration/:endpointExecute an endpoint
POST/v1/connectStart integration connection
GET/v1/connect/:connectionIdPoll connection status
GET/v1/:slug/downloadDownload skill files`;

/** The endpoint that the document describes by these words: `GET /v1/skills/:integration`. */
function endpoint(words: string): [method: string, path: string] {
  const row = ENDPOINTS.split('\n').find((row) => row.endsWith(words)) ?? '';
  const [, method, path] = /^(GET|POST)(\/.*)$/.exec(row.slice(0, -words.length)) ?? [];
  if (!method || !path) throw new Error(`The document does not say ${words}`);
  return [method, path];
}

const of = (path: string, integration: string, name = '') =>
  path.replace(':integration', integration).replace(':slug', integration).replace(':endpoint', name);

test('skillett_03: * is every integration, github only GitHub’s endpoints, github,gmail those two', async ({ context, workspace, curl }) => {
  const rows = [['*', ['github', 'gmail', 'slack']], ['github', ['github']], ['github,gmail', ['github', 'gmail']]] as const;
  for (const [scopes, reached] of rows) {
    const made = await context.request.post(`/api/v1/workspaces/${workspace.slug}/api-keys`, { data: { label: scopes, scopes } });
    const { key } = (await made.json()) as { key: string };
    for (const integration of ['github', 'gmail', 'slack']) {
      const allowed = (reached as readonly string[]).includes(integration);
      const { status } = await curl(key, 'GET', of(endpoint('List endpoints for integration')[1], integration));
      expect(status, `${scopes}: ${integration}`).toBe(allowed ? 200 : 403);
    }
  }
});

test('skillett_04: success is {status: 200, data}, an error {error, message, action_url}', async ({ given, curl }) => {
  const { secret } = await given({ label: 'agent', scopes: ['*'] });
  const done = await curl(secret, 'GET', '/v1/skills');
  expect(done).toMatchObject({ status: 200, body: { status: 200, data: expect.any(Array) } });
  expect(Object.keys(done.body as object).sort()).toEqual(['data', 'status']);
  const failed = await curl(secret, 'GET', '/v1/skills/github/dance');
  expect(failed.status).toBe(404);
  expect(failed.body).toEqual({
    error: 'not_found', message: expect.any(String), action_url: expect.stringMatching(/^https:\/\/app\.skillett\.dev\//),
  });
});

test('skillett_07: integrations and their endpoints are listed and described, by key and scope', async ({ given, curl }) => {
  const { secret } = await given({ label: 'github', scopes: ['github'] });
  const [method, path] = endpoint('List integrations');
  const all = (await curl(secret, method, path)).body as { data: { integration: string }[] };
  expect(all.data.map(({ integration }) => integration)).toContain('gmail');
  expect((await curl(secret, method, `${path}?q=git&limit=1`)).body).toMatchObject({ data: [{ integration: 'github' }] });

  for (const [words, name, found] of [
    ['List endpoints for integration', '', [{ endpoint: 'issues' }, { endpoint: 'create-issue' }]],
    ['Endpoint documentation', 'create-issue', { endpoint: 'create-issue', params: expect.any(Array) }],
    ['Download skill files', '', { slug: 'github', files: [{ path: 'SKILL.md', content: expect.stringContaining('create-issue') }] }],
  ] as const) {
    const [method, path] = endpoint(words);
    expect(await curl(secret, method, of(path, 'github', name)), words).toMatchObject({ status: 200, body: { status: 200, data: found } });
    expect((await curl(secret, method, of(path, 'gmail', 'send'))).status, words).toBe(403);
    expect((await curl(secret, method, of(path, 'myspace', 'send'))).status, words).toBe(404);
  }
});

test('skillett_07: an endpoint is executed with params, and a connection begun and polled', async ({ given, curl }) => {
  const { secret } = await given({ label: 'both', scopes: ['github', 'gmail'] });
  const [method, path] = endpoint('Execute an endpoint');
  const params = { to: 'ada@example.com', subject: 'Hello', text: 'Hello, Ada' };
  const sent = await curl(secret, method, of(path, 'gmail', 'send'), { params });
  expect(sent).toMatchObject({ status: 200, body: { status: 200, data: { integration: 'gmail', endpoint: 'send', params } } });
  expect(await curl(secret, method, of(path, 'gmail', 'send'), { params: {} })).toMatchObject({ status: 422, body: { error: 'invalid' } });
  expect((await curl(secret, method, of(path, 'slack', 'post'), { params: {} })).status).toBe(403);

  const [start, connect] = endpoint('Start integration connection');
  const begun = (await curl(secret, start, connect, { integration: 'gmail' })).body as { data: { connection_id: string; url: string } };
  expect(begun).toMatchObject({ status: 200, data: { status: 'pending', url: expect.stringMatching(/^https:/) } });
  const [poll, status] = endpoint('Poll connection status');
  const polled = () => curl(secret, poll, status.replace(':connectionId', begun.data.connection_id));
  expect(await polled()).toMatchObject({ status: 200, body: { data: { status: 'pending' } } });
  expect(await polled()).toMatchObject({ status: 200, body: { data: { status: 'connected' } } });
  expect((await curl(secret, start, connect, { integration: 'slack' })).status).toBe(403);
});

test.describe('on the free plan', () => {
  test.use({ plan: 'free' });

  test('skillett_05: 30 requests a minute and 10,000 a day', async ({ given, curl, call }) => {
    const { secret } = await given({ label: 'agent' });
    const first = await curl(secret, 'GET', '/v1/skills');
    expect(first.headers.get('x-ratelimit-limit')).toBe('30');
    expect(first.headers.get('ratelimit-policy')).toBe('"minute";q=30;w=60, "day";q=10000;w=86400');
    await Promise.all(Array.from({ length: 29 }, () => call(secret, '/v1/skills')));
    const refused = await curl(secret, 'GET', '/v1/skills');
    expect(refused).toMatchObject({ status: 429, body: { error: 'rate_limited' } });
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60);
  });

  test('skillett_06: over the day the answer is the printed one, and says when the day ends', async ({ instance, given, curl }) => {
    const { secret } = await given({ label: 'agent' });
    expect((await curl(secret, 'GET', '/v1/skills')).status).toBe(200);
    // The day before the last request: what was used is in the database, and is counted on after a restart.
    await rewrite(instance, (database) => database.run("update usage_counts set units = 9999 where grain = 'day'"));
    expect((await curl(secret, 'GET', '/v1/skills')).status).toBe(200);
    const refused = await curl(secret, 'GET', '/v1/skills');
    expect(refused.status).toBe(429);
    expect(refused.body).toEqual({
      error: 'daily_limit_reached',
      message: 'Daily API call limit reached (10000). Resets at midnight UTC.',
      action_url: 'https://app.skillett.dev/billing',
    });
    const midnight = 86_400 - (Math.floor(Date.now() / 1000) % 86_400);
    expect(Math.abs(Number(refused.headers.get('retry-after')) - midnight)).toBeLessThanOrEqual(5);
  });
});
