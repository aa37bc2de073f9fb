import { paste } from '../fixtures/curl.ts';
import { here } from '../fixtures/printed.ts';
import { expect, test } from '../fixtures/test.ts';

test.use({ profile: 'skode' });

/** As the document prints it. */
const LIST = `curl -X GET https://api.skodeai.com/v1/leads \\
  -H "Authorization: Bearer sk_live_your_api_key_here" \\
  -H "Content-Type: application/json"`;

const at = (url: string, secret: string) => here(LIST, { 'https://api.skodeai.com': url, sk_live_your_api_key_here: secret });

test('skode_02: the printed request lists leads', async ({ instance, given }) => {
  const { secret } = await given({ label: 'CRM sync', scopes: ['leads:read'] });
  const answer = await paste(at(instance.url, secret));
  expect(answer).toMatchObject({ status: 200, body: { data: expect.any(Array), meta: { total: 5 } } });
  expect(JSON.stringify(answer.body)).toContain('lead_1001');
});

test('skode_06: rate headers are on every answer, whoever gave it', async ({ instance, given }) => {
  const { secret } = await given({ label: 'CRM sync', scopes: ['leads:read'] });
  const printed = at(instance.url, secret);
  const requests = [printed, printed.replace('/leads', '/leads/lead_0'), printed.replace('GET', 'POST')];
  for (const [i, status] of [200, 404, 403].entries()) {
    const answer = await paste(requests[i] ?? '');
    expect(answer.status).toBe(status);
    for (const header of ['limit', 'remaining', 'reset']) expect(answer.headers.get(`x-ratelimit-${header}`), header).toMatch(/^\d+$/);
  }
});

test.describe('on the free plan', () => {
  test.use({ plan: 'free' });

  test('skode_07: errors 401, 403, 404, 422 and 429 are {error, message}', async ({ instance, given, call }) => {
    const { secret } = await given({ label: 'reader', scopes: ['leads:read'] });
    const { secret: writer } = await given({ label: 'writer', scopes: ['leads:read', 'leads:write'] });
    const printed = at(instance.url, secret);
    const faults: [number, string][] = [
      [401, printed.replace(secret, 'sk_live_your_api_key_here')],
      [403, printed.replace('GET', 'POST')],
      [404, printed.replace('/leads', '/leads/lead_0')],
      [404, printed.replace('/leads', '/customers')],
      [422, `${at(instance.url, writer).replace('GET', 'POST')} -d '{"name": "Ada", "email": "nowhere"}'`],
    ];
    await Promise.all(Array.from({ length: 98 }, () => call(secret)));
    for (const [status, line] of [...faults, [200, printed], [429, printed]] as [number, string][]) {
      const answer = await paste(line);
      expect(answer.status, line).toBe(status);
      if (status !== 200) expect(answer.body).toMatchObject({ error: expect.stringMatching(/^[a-z_]+$/), message: expect.any(String) });
    }
  });
});
