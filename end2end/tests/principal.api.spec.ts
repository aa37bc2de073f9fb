import { imported } from '../fixtures/guide.ts';
import { Proxy, type Arrived } from '../fixtures/proxy.ts';
import { expect, test } from '../fixtures/test.ts';

interface Guide {
  principal: (request: { headers: Arrived['headers'] }, route: string) => Promise<Record<string, unknown>>;
}

test.use({ profile: 'lodol', settings: { KEYWRIGHT_TRUSTED_PROXIES: '127.0.0.1', KEYWRIGHT_SIGNED_PRINCIPAL: 'on' } });

for (const name of ['nginx', 'caddy'] as const) {
  test(`${name}: the API verifies by the published keys who a request is from, as the guide says`, async ({ given, instance }) => {
    const { id, secret } = await given({ label: 'ci', scopes: ['workflows:read'] });
    const proxy = await Proxy.start(name, instance);
    try {
      const headers = { authorization: `Bearer ${secret}`, 'x-keywright-principal': 'forged' };
      const answer = await fetch(`${proxy.url}/api/v1/workflows/wf_1`, { headers });
      expect(answer.status).toBe(200);
      const arrived = (await answer.json()) as Arrived;
      const { principal } = await imported<Guide>('integrate', instance.url);
      const claims = await principal(arrived, 'GET /api/v1/workflows/{id}');
      expect(claims).toMatchObject({ sub: id, scope: 'workflows:read', workspace: arrived.headers['x-keywright-workspace-id'] });
      await expect(principal(arrived, 'GET /api/v1/workflows')).rejects.toThrow(/aud/);
      const token = String(arrived.headers['x-keywright-principal']);
      const [head, , signature] = token.split('.');
      const other = Buffer.from(JSON.stringify({ ...claims, scope: 'workflows:execute' })).toString('base64url');
      const forged = { headers: { 'x-keywright-principal': `${head}.${other}.${signature}` } };
      await expect(principal(forged, 'GET /api/v1/workflows/{id}')).rejects.toThrow(/signature/);
    } finally {
      await proxy.stop();
    }
  });
}
