// What OAuth is measured beside (`make bench`): oidc-provider with the store in memory that it comes with, and the same
// apps, addresses of endpoints, and form of access tokens (RFC 9068, ES256) that Keywright has.
//
//     node index.mjs 127.0.0.1:3998 MACHINE_ID MACHINE_SECRET DEVICE_ID

import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const [address, machineId, machineSecret, deviceId] = process.argv.slice(2);
const [host, port] = address.split(':');
const API = `http://${address}/api`;
const SCOPES = 'workflows:read executions:read';
const HOUR = 3600;

const device = 'urn:ietf:params:oauth:grant-type:device_code';
const machineApp = { client_id: machineId, client_secret: machineSecret, grant_types: ['client_credentials'] };
const deviceApp = {
  client_id: deviceId,
  token_endpoint_auth_method: 'none',
  application_type: 'native',
  grant_types: [device, 'refresh_token'],
};

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const provider = new Provider(`http://${address}`, {
  clients: [machineApp, deviceApp],
  clientDefaults: { id_token_signed_response_alg: 'ES256', redirect_uris: [], response_types: [] },
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256' }] },
  scopes: SCOPES.split(' '),
  routes: { token: '/oauth/token', introspection: '/oauth/introspect', jwks: '/.well-known/jwks.json' },
  issueRefreshToken: () => true,
  rotateRefreshToken: true,
  ttl: { AccessToken: HOUR, ClientCredentials: HOUR, RefreshToken: HOUR, Grant: HOUR },
  findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
  features: {
    clientCredentials: { enabled: true },
    deviceFlow: { enabled: true },
    introspection: { enabled: true },
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => API,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({ scope: SCOPES, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } }),
    },
  },
});

// What somebody would have got who let a device in.
async function refreshToken() {
  const [accountId, clientId] = ['ada', deviceId];
  const grant = new provider.Grant({ accountId, clientId });
  grant.addResourceScope(API, SCOPES);
  const client = await provider.Client.find(clientId);
  const grantId = await grant.save();
  return new provider.RefreshToken({ accountId, client, grantId, resource: API, scope: SCOPES, gty: device }).save();
}

// It does not introspect JSON Web Tokens: one that it has in its store.
async function opaqueToken() {
  const client = await provider.Client.find(machineId);
  return new provider.ClientCredentials({ client, scope: SCOPES }).save();
}

// `/refresh-tokens/128` and `/opaque-tokens/20`, one a line; everything else is the provider's.
const makers = { 'refresh-tokens': refreshToken, 'opaque-tokens': opaqueToken };
const answer = provider.callback();
createServer(async (request, response) => {
  const [, name, count] = request.url.split('/');
  if (!Object.hasOwn(makers, name)) return answer(request, response);
  const tokens = await Promise.all(Array.from({ length: Number(count) }, makers[name]));
  return response.end(`${tokens.join('\n')}\n`);
}).listen(Number(port), host);
