import { imported } from '../fixtures/guide.ts';
import { expect, test } from '../fixtures/test.ts';

interface Guide {
  caller: (token: string) => Promise<Record<string, unknown>>;
}

test.use({ profile: 'lodol' });

test('an API checks access tokens by the published keys, as the guide says', async ({ context, instance, workspace }) => {
  const data = { name: 'Night shift', kind: 'machine', scopes: ['workflows:read'] };
  const registered = await context.request.post(`/api/v1/workspaces/${workspace.slug}/apps`, { data });
  const { client_id, client_secret } = (await registered.json()) as { client_id: string; client_secret: string };
  const token = async (resource: string) => {
    const body = new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret, resource });
    const answer = await fetch(`${instance.url}/oauth/token`, { method: 'POST', body });
    return ((await answer.json()) as { access_token: string }).access_token;
  };
  const { caller } = await imported<Guide>('oauth', instance.url);
  const good = await token(`${instance.url}/mcp`);
  expect(await caller(good)).toMatchObject({ sub: client_id, client_id, scope: 'workflows:read' });
  await expect(caller(await token(`${instance.url}/api`))).rejects.toThrow(/"aud"/);
  const [header, payload] = good.split('.');
  await expect(caller(`${header}.${payload}.${'A'.repeat(86)}`)).rejects.toThrow(/signature/);
});
