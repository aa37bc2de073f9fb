import { freePort } from '../fixtures/child.ts';
import { Instance } from '../fixtures/instance.ts';
import { claim, makeKey } from '../fixtures/owner.ts';
import { Sandbox } from '../fixtures/sandbox.ts';
import { expect, test } from '../fixtures/test.ts';

test('lodol_10: running executions takes slots, stopping gives them back', async ({ context }) => {
  const port = await freePort();
  const instance = await Instance.start('lodol', `http://127.0.0.1:${port}`);
  const sandbox = await Sandbox.start(port, instance);
  try {
    const { slug } = await claim(instance, context, 'pro');
    const { secret } = await makeKey(context, instance, { label: 'ci', scopes: ['workflows:execute'] }, slug);
    const send = async (path: string) => {
      const headers = { authorization: `Bearer ${secret}` };
      const answer = await fetch(`${instance.url}/api/v1${path}`, { method: 'POST', headers });
      return { status: answer.status, headers: answer.headers, body: (await answer.json()) as { data: { id: string }; error?: string } };
    };
    const run = () => send('/workflows/wf_1001/run');
    const first = await run();
    expect(first.status).toBe(202);
    for (let n = 0; n < 4; n++) expect((await run()).status).toBe(202);
    const refused = await run();
    expect(refused).toMatchObject({ status: 429, body: { error: 'concurrency_limited' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await send(`/executions/${first.body.data.id}/stop`)).status).toBe(200);
    expect((await run()).status).toBe(202);
    expect((await run()).status).toBe(429);
  } finally {
    await sandbox.stop();
    await instance.remove();
  }
});

test.describe('skode', () => {
  test.use({ profile: 'skode', plan: 'free' });

  test('skode_05: each key has a hundred requests a minute, at sixteen at a time exactly', async ({ given, call }) => {
    const keys = [await given({ label: 'a' }), await given({ label: 'b' })];
    for (const { secret } of keys) {
      const statuses: number[] = [];
      const caller = async () => {
        for (let n = 0; n < 10; n++) statuses.push((await call(secret, '/v1/leads')).status);
      };
      await Promise.all(Array.from({ length: 16 }, caller));
      expect(statuses.filter((status) => status === 200)).toHaveLength(100);
      expect(statuses.filter((status) => status === 429)).toHaveLength(60);
    }
  });

  test('skode_06: rate headers are on every answer, and a 429 says when to come again', async ({ given, call }) => {
    const { secret } = await given({ label: 'ci', scopes: ['leads:read'] });
    const allowed = await call(secret, '/v1/leads');
    expect(Object.fromEntries(allowed.headers)).toMatchObject({
      'x-ratelimit-limit': '100',
      'x-ratelimit-remaining': '99',
      'x-ratelimit-reset': '60',
      'ratelimit-policy': '"minute";q=100;w=60',
    });
    const refused = await call(secret, '/v1/leads', 'POST');
    expect(refused.headers.get('x-ratelimit-remaining')).toBe('99');
    await Promise.all(Array.from({ length: 99 }, () => call(secret, '/v1/leads')));
    const limited = await call(secret, '/v1/leads');
    expect(limited.status).toBe(429);
    const wait = Number(limited.headers.get('retry-after'));
    expect(wait).toBeGreaterThan(50);
    expect(wait).toBeLessThanOrEqual(60);
    expect(await limited.json()).toMatchObject({ error: 'rate_limited', message: expect.stringContaining('100 requests per minute') });
  });
});
