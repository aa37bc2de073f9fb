import { auth, extractWWWAuthenticateParams, type OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';
import type { OAuthClientInformationMixed, OAuthClientMetadata, OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js';
import type { FetchLike } from '@modelcontextprotocol/sdk/shared/transport.js';
import { expect, test } from './test.ts';

test.use({ profile: 'skedcast' });

/** An agent that knows nothing but the address of a tool. */
class Agent implements OAuthClientProvider {
  readonly redirectUrl: string;
  readonly clientMetadata: OAuthClientMetadata;
  /** Where it sent the person. */
  link = '';
  /** As whom it is registered. */
  registration: OAuthClientInformationMixed | undefined;
  /** What it has. */
  held: OAuthTokens | undefined;
  #verifier = '';

  constructor(redirectUrl: string) {
    this.redirectUrl = redirectUrl;
    this.clientMetadata = {
      client_name: 'Agent',
      redirect_uris: [redirectUrl],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    };
  }

  state = () => 'kept by the agent';
  clientInformation = () => this.registration;
  saveClientInformation = (registration: OAuthClientInformationMixed) => void (this.registration = registration);
  tokens = () => this.held;
  saveTokens = (tokens: OAuthTokens) => void (this.held = tokens);
  redirectToAuthorization = (link: URL) => void (this.link = link.href);
  saveCodeVerifier = (verifier: string) => void (this.#verifier = verifier);
  codeVerifier = () => this.#verifier;

  invalidateCredentials(scope: 'all' | 'client' | 'tokens' | 'verifier' | 'discovery'): void {
    if (scope === 'all' || scope === 'client') this.registration = undefined;
    if (scope === 'all' || scope === 'tokens') this.held = undefined;
  }
}

/** What a token says, as the agent itself never reads it. */
function claims(token: string): { aud: unknown; scope: string } {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { aud: unknown; scope: string };
}

test('skedcast_05 skedcast_06 skedcast_09 an agent that is turned away finds the server, registers, is allowed, and refreshes', async ({
  instance, callback, person,
}) => {
  const serverUrl = `${instance.url}/v1/agency`;
  const refused = await fetch(serverUrl);
  expect(refused.status).toBe(401);
  const found = { serverUrl, ...extractWWWAuthenticateParams(refused) };
  expect(found.resourceMetadataUrl?.pathname).toBe('/.well-known/oauth-protected-resource/v1/agency');

  const agent = new Agent(callback.url);
  expect(await auth(agent, found)).toBe('REDIRECT');
  expect(agent.registration?.client_id).toMatch(/^app_/);
  const answer = await person.allow(agent.link);
  expect(answer.searchParams.get('state')).toBe(agent.state());
  expect(answer.searchParams.get('iss')).toBe(instance.url);
  const authorizationCode = answer.searchParams.get('code') ?? '';
  expect(await auth(agent, { ...found, authorizationCode })).toBe('AUTHORIZED');
  const first = agent.held;
  expect(claims(first?.access_token ?? '')).toMatchObject({ aud: serverUrl, scope: expect.stringContaining('agency:read') });

  expect(await auth(agent, found)).toBe('AUTHORIZED');
  expect(agent.held?.access_token).not.toBe(first?.access_token);
  expect(agent.held?.refresh_token).not.toBe(first?.refresh_token);
  expect(claims(agent.held?.access_token ?? '').aud).toBe(serverUrl);
});

test('skedcast_06 an agent whose registration is gone registers again, instead of asking for ever', async ({ instance, callback, person }) => {
  const serverUrl = `${instance.url}/v1/agency`;
  // The SDK forgets what it could delete its registration with.
  let gone = { client_id: '', registration_client_uri: '', registration_access_token: '' };
  const fetchFn: FetchLike = async (url, init) => {
    const answer = await fetch(url, init);
    if (String(url).endsWith('/oauth/register')) gone = (await answer.clone().json()) as typeof gone;
    return answer;
  };
  const agent = new Agent(callback.url);
  expect(await auth(agent, { serverUrl, fetchFn })).toBe('REDIRECT');
  const authorizationCode = (await person.allow(agent.link)).searchParams.get('code') ?? '';
  expect(await auth(agent, { serverUrl, authorizationCode })).toBe('AUTHORIZED');

  const headers = { authorization: `Bearer ${gone.registration_access_token}` };
  expect((await fetch(gone.registration_client_uri, { method: 'DELETE', headers })).status).toBe(204);
  expect(await auth(agent, { serverUrl })).toBe('REDIRECT');
  expect(agent.registration?.client_id).not.toBe(gone.client_id);
  expect((await person.allow(agent.link)).searchParams.get('code')).toBeTruthy();
});
