import * as oauth from 'oauth4webapi';
import type { Instance } from '../fixtures/instance.ts';
import { expect, test } from './test.ts';

test.use({ profile: 'skedcast' });

/** Without TLS, as it runs on this machine. */
const HERE = { [oauth.allowInsecureRequests]: true };

/** What an API and an app find out from the address of the API alone. */
async function discover(instance: Instance): Promise<{ audience: string; server: oauth.AuthorizationServer }> {
  const api = new URL(instance.url);
  const described = await oauth.processResourceDiscoveryResponse(api, await oauth.resourceDiscoveryRequest(api, HERE));
  const issuer = new URL(described.authorization_servers?.[0] ?? '');
  const answer = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...HERE });
  return { audience: described.resource, server: await oauth.processDiscoveryResponse(issuer, answer) };
}

test('skedcast_07 an API checks access tokens by the published keys, and takes neither another’s nor an altered one', async ({
  instance, register,
}) => {
  const { audience, server } = await discover(instance);
  const { id, secret } = await register({ name: 'Night shift', kind: 'Machine', scopes: ['agency:read'] });
  const app = { client_id: id };
  const token = async (parameters: Record<string, string>) => {
    const answer = await oauth.clientCredentialsGrantRequest(server, app, oauth.ClientSecretBasic(secret), parameters, HERE);
    return (await oauth.processClientCredentialsResponse(server, app, answer)).access_token;
  };
  const check = (token: string) => {
    const request = new Request(`${audience}/v1/agency`, { headers: { authorization: `Bearer ${token}` } });
    return oauth.validateJwtAccessToken(server, request, audience, HERE);
  };

  const good = await token({ scope: 'agency:read' });
  expect(await check(good)).toMatchObject({ iss: instance.url, sub: id, client_id: id, scope: 'agency:read', jti: expect.any(String) });
  await expect(check(await token({ resource: `${audience}/v1/agency` }))).rejects.toThrow(/"aud"/);
  const [header, payload, signature] = good.split('.') as [string, string, string];
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
  const more = Buffer.from(JSON.stringify({ ...claims, scope: 'agency:read schedules:write' })).toString('base64url');
  await expect(check(`${header}.${more}.${signature}`)).rejects.toThrow(/signature/);
});
