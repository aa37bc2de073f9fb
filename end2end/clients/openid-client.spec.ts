import * as client from 'openid-client';
import type { Instance } from '../fixtures/instance.ts';
import type { Callback } from './callback.ts';
import { expect, test } from './test.ts';

test.use({ profile: 'skedcast' });

/** Not an OpenID provider; and without TLS, as it runs on this machine. */
const HERE: client.DynamicClientRegistrationRequestOptions = { algorithm: 'oauth2', execute: [client.allowInsecureRequests] };

/** By what an app can prove who it is. */
const BY = {
  none: () => client.None(),
  client_secret_basic: (secret?: string) => client.ClientSecretBasic(secret),
  client_secret_post: (secret?: string) => client.ClientSecretPost(secret),
};
type Method = keyof typeof BY;
const METHODS = Object.keys(BY) as Method[];

/** Finds the server by its address alone, and registers an app. */
function registered(instance: Instance, method: Method, metadata: Partial<client.ClientMetadata>): Promise<client.Configuration> {
  const named = { client_name: 'Certified', token_endpoint_auth_method: method, ...metadata };
  return client.dynamicClientRegistration(new URL(instance.url), named, BY[method](), HERE);
}

/** An app that asks a person. */
function asking(instance: Instance, callback: Callback, method: Method): Promise<client.Configuration> {
  return registered(instance, method, { redirect_uris: [callback.url], grant_types: ['authorization_code', 'refresh_token'] });
}

/** The link to the question, and what the answer is held against. */
async function question(config: client.Configuration, callback: Callback, scope: string) {
  const [pkceCodeVerifier, expectedState] = [client.randomPKCECodeVerifier(), client.randomState()];
  const link = client.buildAuthorizationUrl(config, {
    redirect_uri: callback.url,
    scope,
    state: expectedState,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
  });
  return { link, checks: { pkceCodeVerifier, expectedState } };
}

for (const method of METHODS) {
  test(`skedcast_05 skedcast_06 skedcast_09 an app finds the server, registers with ${method}, is allowed, refreshes, and gives back what it has`, async ({
    instance, callback, person,
  }) => {
    const config = await asking(instance, callback, method);
    expect(config.serverMetadata().supportsPKCE()).toBe(true);
    const { link, checks } = await question(config, callback, 'schedules:read agency:read');
    const first = await client.authorizationCodeGrant(config, await person.allow(link), checks);
    expect(first).toMatchObject({ token_type: 'bearer', scope: 'agency:read schedules:read', refresh_token: expect.any(String) });
    expect(first.expires_in).toBeLessThanOrEqual(15 * 60);

    const second = await client.refreshTokenGrant(config, first.refresh_token ?? '');
    expect(second.access_token).not.toBe(first.access_token);
    expect(second.refresh_token).not.toBe(first.refresh_token);
    const narrow = await client.refreshTokenGrant(config, second.refresh_token ?? '', { scope: 'agency:read' });
    expect(narrow.scope).toBe('agency:read');

    const { client_id } = config.clientMetadata();
    const worth = (token: string) => client.tokenIntrospection(config, token);
    if (method !== 'none') {
      expect(await worth(narrow.access_token)).toMatchObject({ active: true, client_id, iss: instance.url, scope: 'agency:read' });
      expect(await worth(narrow.refresh_token ?? '')).toMatchObject({ active: true, client_id });
    }
    await client.tokenRevocation(config, narrow.refresh_token ?? '', { token_type_hint: 'refresh_token' });
    if (method !== 'none') expect(await worth(narrow.access_token)).toEqual({ active: false });
    await expect(client.refreshTokenGrant(config, narrow.refresh_token ?? '')).rejects.toMatchObject({ error: 'invalid_grant' });
  });
}

test('skedcast_05 a wrong verifier and an answer without its issuer are refused, and the code is still good for its app', async ({
  instance, callback, person,
}) => {
  const config = await asking(instance, callback, 'none');
  const { link, checks } = await question(config, callback, 'schedules:read');
  const answer = await person.allow(link);
  const anonymous = new URL(answer);
  anonymous.searchParams.delete('iss');
  await expect(client.authorizationCodeGrant(config, anonymous, checks)).rejects.toThrow();
  const guessed = { ...checks, pkceCodeVerifier: client.randomPKCECodeVerifier() };
  await expect(client.authorizationCodeGrant(config, answer, guessed)).rejects.toMatchObject({ error: 'invalid_grant' });
  expect(await client.authorizationCodeGrant(config, answer, checks)).toMatchObject({ scope: 'schedules:read' });
  await expect(client.authorizationCodeGrant(config, answer, checks)).rejects.toMatchObject({ error: 'invalid_grant' });
});

test('a no of the person’s reaches the app as that', async ({ instance, callback, person }) => {
  const config = await asking(instance, callback, 'client_secret_basic');
  const { link, checks } = await question(config, callback, 'schedules:read');
  const refused = client.authorizationCodeGrant(config, await person.deny(link), checks);
  await expect(refused).rejects.toMatchObject({ error: 'access_denied' });
});

test('skillett_08 a device registers itself, shows its code, polls until a person lets it in, and refreshes', async ({ instance, person }) => {
  const grants = ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'];
  const config = await registered(instance, 'none', { grant_types: grants, response_types: [] });
  const shown = await client.initiateDeviceAuthorization(config, { scope: 'schedules:read' });
  expect(shown.user_code).toMatch(/^[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4}$/);
  const polled = client.pollDeviceAuthorizationGrant(config, shown);
  await person.letIn(shown.verification_uri_complete ?? '');
  const tokens = await polled;
  expect(tokens).toMatchObject({ scope: 'schedules:read', refresh_token: expect.any(String) });
  expect(await client.refreshTokenGrant(config, tokens.refresh_token ?? '')).toMatchObject({ scope: 'schedules:read' });
});

test('a machine gets tokens with its secret in the header or in the body, and none without', async ({ instance, register }) => {
  const { id, secret } = await register({ name: 'Night shift', kind: 'Machine', scopes: ['agency:read'] });
  const as = (method: Method) => client.discovery(new URL(instance.url), id, undefined, BY[method](secret), HERE);
  for (const method of ['client_secret_basic', 'client_secret_post'] as const) {
    const config = await as(method);
    const tokens = await client.clientCredentialsGrant(config, { scope: 'agency:read' });
    expect(tokens.refresh_token).toBeUndefined();
    expect(await client.tokenIntrospection(config, tokens.access_token), method).toMatchObject({ active: true, sub: id, client_id: id });
  }
  await expect(client.clientCredentialsGrant(await as('none'))).rejects.toMatchObject({ error: 'invalid_client', status: 401 });
});
