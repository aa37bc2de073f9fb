import { freePort } from '../fixtures/child.ts';
import { paste } from '../fixtures/curl.ts';
import { Instance } from '../fixtures/instance.ts';
import { call, claim, makeKey } from '../fixtures/owner.ts';
import { here } from '../fixtures/printed.ts';
import { Sandbox } from '../fixtures/sandbox.ts';
import { expect, test } from '../fixtures/test.ts';

test.use({ profile: 'lodol' });

/** As the document prints it. */
const LIST = `curl -X GET https://app.skipflow.com/api/v1/workflows \\
-H "Authorization: Bearer sk_live_your_api_key"`;

const at = (url: string, secret: string) => here(LIST, { 'https://app.skipflow.com': url, sk_live_your_api_key: secret });

test('lodol_01: the printed request lists workflows', async ({ instance, given }) => {
  const { secret } = await given({ label: 'ci', scopes: ['workflows:read'] });
  const answer = await paste(at(instance.url, secret));
  expect(answer).toMatchObject({ status: 200, body: { data: expect.any(Array), meta: { total: 3 } } });
});

test('lodol_04: each scope opens what the document lists for it, and nothing else', async ({ given, call }) => {
  const endpoints = {
    'workflows:read': [['GET', '/workflows'], ['GET', '/workflows/wf_1001']],
    'workflows:execute': [['POST', '/workflows/wf_1001/run'], ['POST', '/executions/ex_1006/stop']],
    'executions:read': [['GET', '/executions'], ['GET', '/executions/ex_1004']],
  } as const;
  for (const scope of Object.keys(endpoints)) {
    const { secret } = await given({ label: scope, scopes: [scope] });
    for (const [of, requests] of Object.entries(endpoints)) {
      for (const [method, path] of of === scope ? requests : requests.slice(0, 1)) {
        const { status } = await call(secret, `/api/v1${path}`, method);
        if (of !== scope) expect(status, `${scope}: ${method} ${path}`).toBe(403);
        // The sandbox is shared: somebody may have stopped the execution already.
        else expect([200, 202, 409], `${scope}: ${method} ${path}`).toContain(status);
      }
    }
  }
});

/** The document's table: requests a minute, concurrent executions. */
const PLANS = [['pro', 15, 5], ['team', 25, 10], ['enterprise', 50, 25]] as const;

for (const [plan, minute, concurrent] of PLANS) {
  test(`lodol_08: on ${plan} all keys of a workspace share ${minute} requests a minute and ${concurrent} executions`, async ({ context }) => {
    const port = await freePort();
    const instance = await Instance.start('lodol', `http://127.0.0.1:${port}`);
    const sandbox = await Sandbox.start(port, instance);
    try {
      const { slug } = await claim(instance, context, plan);
      const make = (label: string) => makeKey(context, instance, { label, scopes: ['workflows:read', 'workflows:execute'] }, slug);
      const secrets = [(await make('one')).secret, (await make('two')).secret];
      const send = (n: number, path: string, method = 'GET') => call(instance, secrets[n % 2] ?? '', `/api/v1/workflows${path}`, method);
      for (let n = 0; n < concurrent; n++) expect((await send(n, '/wf_1001/run', 'POST')).status, `execution ${n}`).toBe(202);
      const crowded = await send(0, '/wf_1001/run', 'POST');
      expect(crowded.status).toBe(429);
      expect(await crowded.json()).toMatchObject({ error: 'concurrency_limited' });
      for (let n = concurrent + 1; n < minute; n++) {
        const allowed = await send(n, '');
        expect(allowed.status, `request ${n}`).toBe(200);
        expect(allowed.headers.get('x-ratelimit-limit')).toBe(String(minute));
        expect(allowed.headers.get('x-ratelimit-remaining')).toBe(String(minute - n - 1));
      }
      for (const n of [0, 1]) {
        const full = await send(n, '');
        expect(full.status).toBe(429);
        expect(Number(full.headers.get('retry-after'))).toBeGreaterThan(0);
      }
    } finally {
      await sandbox.stop();
      await instance.remove();
    }
  });
}

test('lodol_09: X-RateLimit-Reset is the seconds until the window resets', async ({ instance, given }) => {
  const { secret } = await given({ label: 'ci', scopes: ['workflows:read'] });
  const reset = async () => Number((await paste(at(instance.url, secret))).headers.get('x-ratelimit-reset'));
  expect(await reset()).toBe(60);
  await new Promise((done) => setTimeout(done, 2_100));
  const later = await reset();
  expect(later).toBeLessThan(59);
  expect(later).toBeGreaterThan(50);
});
