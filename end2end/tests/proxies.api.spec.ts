import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test as base } from '../fixtures/test.ts';
import { Proxy, type Arrived } from '../fixtures/proxy.ts';

/** Lodol, with plans that have no limits. */
function unlimited(): string {
  const file = join(mkdtempSync(join(tmpdir(), 'keywright-')), 'unlimited.toml');
  const lodol = readFileSync(join(import.meta.dirname, '../../profiles/lodol.toml'), 'utf8');
  writeFileSync(file, lodol.replaceAll(/^limits = .*$/gm, ''));
  return file;
}

const test = base.extend<{ through: (name: 'nginx' | 'caddy') => Promise<Proxy> }>({
  through: async ({ instance }, use) => {
    const started: Proxy[] = [];
    await use(async (name) => {
      const proxy = await Proxy.start(name, instance);
      started.push(proxy);
      return proxy;
    });
    for (const proxy of started) await proxy.stop();
  },
});

for (const name of ['nginx', 'caddy'] as const) {
  test.describe(() => {
    test.use({ profile: 'lodol', settings: { KEYWRIGHT_TRUSTED_PROXIES: '127.0.0.1', KEYWRIGHT_PROFILE: unlimited() } });
    test(`${name}: where the plan has no limits nothing is said of any, and the kind of JSON is told truly`, async ({ given, through }) => {
      const { secret } = await given({ label: 'ci', scopes: ['workflows:read'] });
      const { url } = await through(name);
      const answer = await fetch(`${url}/api/v1/workflows`, { headers: { authorization: `Bearer ${secret}` } });
      expect(answer.status).toBe(200);
      expect([...answer.headers].filter(([header]) => header.includes('ratelimit'))).toEqual([]);
      const refused = await fetch(`${url}/api/v1/workflows`, { headers: { accept: 'application/problem+json' } });
      const body = (await refused.json()) as { status?: number };
      expect(refused.headers.get('content-type')).toBe(body.status ? 'application/problem+json' : 'application/json');
    });
  });
}

test.use({ profile: 'lodol', settings: { KEYWRIGHT_TRUSTED_PROXIES: '127.0.0.1' } });

for (const name of ['nginx', 'caddy'] as const) {
  test(`${name}: what may pass reaches the API with who it is from, and the client learns what is left`, async ({ given, through }) => {
    const { id, secret } = await given({ label: 'ci', scopes: ['workflows:read', 'workflows:execute'] });
    const { url } = await through(name);
    const answer = await fetch(`${url}/api/v1/workflows?page=2`, {
      headers: {
        authorization: `Bearer ${secret}`,
        'x-keywright-user-id': 'user_evil',
        'x-keywright-scopes': 'all',
        X_Keywright_User_Id: 'user_evil',
        'x.keywright.user.id': 'user_evil',
        'x-original-url': '/evil',
        'x-rewrite-url': '/evil',
      },
    });
    expect(answer.status).toBe(200);
    const arrived = (await answer.json()) as Arrived;
    expect(arrived).toMatchObject({ method: 'GET', url: '/api/v1/workflows?page=2' });
    expect(arrived.headers).toMatchObject({
      'x-keywright-key-id': id,
      'x-keywright-user-id': expect.stringMatching(/^user_[0-9a-f]{32}$/),
      'x-keywright-scopes': 'workflows:read workflows:execute',
    });
    expect(JSON.stringify(arrived)).not.toContain(secret);
    expect(JSON.stringify(arrived)).not.toContain('evil');
    expect(answer.headers.get('x-ratelimit-limit')).toBe('15');
    expect(answer.headers.get('x-ratelimit-remaining')).toBe('14');
    expect(answer.headers.get('ratelimit-policy')).toBe('"minute";q=15;w=60');
    expect(answer.headers.get('ratelimit')).toMatch(/^"minute";r=14;t=\d+$/);

    const body = new Uint8Array(2_000_000);
    const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/octet-stream' };
    const upload = await fetch(`${url}/api/v1/workflows/7/run`, { method: 'POST', headers, body });
    expect(await upload.json()).toMatchObject({ method: 'POST', url: '/api/v1/workflows/7/run', bytes: body.length });
  });

  test(`${name}: what may not pass gets the gate's own answer, and the API hears nothing of it`, async ({
    given, through, context, workspace,
  }) => {
    const { secret } = await given({ label: 'ci', scopes: ['workflows:read'] });
    const { url } = await through(name);
    const ask = async (path: string, bearer?: string, method = 'GET', more: Record<string, string> = {}) => {
      const headers: Record<string, string> = bearer ? { ...more, authorization: `Bearer ${bearer}` } : more;
      const answer = await fetch(`${url}${path}`, { method, headers });
      return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, unknown> };
    };

    const missing = await ask('/api/v1/workflows');
    expect(missing).toMatchObject({ status: 401, body: { error: 'unauthorized' } });
    expect(missing.headers.get('www-authenticate')).toMatch(/^Bearer realm="keywright", resource_metadata="/);
    expect(missing.headers.get('content-type')).toMatch(/^application\/json/);
    // nginx itself drops names with other signs than letters, digits and dashes.
    const override = await ask('/api/v1/workflows', undefined, 'GET', { 'X_HTTP_Method.Override': 'DELETE' });
    expect(override.status).toBe(name === 'nginx' ? 401 : 400);
    expect(await ask('/api/v1/workflows', 'sk_live_nonsense')).toMatchObject({ status: 401, body: { message: 'Invalid API key' } });
    const scope = await ask('/api/v1/executions', secret);
    expect(scope).toMatchObject({ status: 403, body: { error: 'insufficient_scope' } });
    expect(scope.headers.get('www-authenticate')).toContain('scope="executions:read"');
    const why = `/api/v1/workspaces/${workspace.slug}/refusals/${scope.headers.get('x-request-id')}`;
    expect(await (await context.request.get(why)).json()).toMatchObject({ code: 'insufficient_scope', route: 'GET /api/v1/executions' });
    expect(await ask('/api/v1/nothing', secret)).toMatchObject({ status: 404, body: { error: 'not_found' } });
    expect(await ask('/api/v1/workflows', secret, 'DELETE')).toMatchObject({ status: 404 });
    const inUrl = await ask(`/api/v1/workflows?key=${secret}`);
    expect(inUrl).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    expect(inUrl.headers.get('www-authenticate')).toContain('error="invalid_request"');

    for (let n = 0; n < 15; n++) expect((await ask('/api/v1/workflows', secret)).status).toBe(200);
    const limited = await ask('/api/v1/workflows', secret);
    expect(limited).toMatchObject({ status: 429, body: { error: 'rate_limited', message: expect.stringContaining('15 requests per minute') } });
    expect(limited.headers.get('x-ratelimit-remaining')).toBe('0');
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(limited.headers.get('retry-after')).toBe(limited.headers.get('x-ratelimit-reset'));
  });

  test(`${name}: without the gate nothing passes`, async ({ given, instance, through }) => {
    const { secret } = await given({ label: 'ci', scopes: ['workflows:read'] });
    const { url } = await through(name);
    await instance.restart(async () => {
      const answer = await fetch(`${url}/api/v1/workflows`, { headers: { authorization: `Bearer ${secret}` } });
      expect(answer.status).toBeGreaterThanOrEqual(500);
      expect(await answer.text()).not.toContain('workflows');
    });
  });
}
