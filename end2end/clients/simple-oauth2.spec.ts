import { AuthorizationCode, ClientCredentials, type ModuleOptions } from 'simple-oauth2';
import type { Instance } from '../fixtures/instance.ts';
import { expect, test, type Credentials } from './test.ts';

test.use({ profile: 'skode' });

/** How it can send its secret. The last is what the product's document prints. */
const WAYS: { title: string; options: NonNullable<ModuleOptions['options']> }[] = [
  { title: 'in the header, encoded', options: { authorizationMethod: 'header', credentialsEncodingMode: 'strict' } },
  { title: 'in the header, as it is', options: { authorizationMethod: 'header', credentialsEncodingMode: 'loose' } },
  { title: 'in a form', options: { authorizationMethod: 'body', bodyFormat: 'form' } },
  { title: 'in JSON', options: { authorizationMethod: 'body', bodyFormat: 'json' } },
];

const settings = (instance: Instance, app: Credentials, options: ModuleOptions['options']): ModuleOptions => ({
  client: app,
  auth: { tokenHost: instance.url, tokenPath: '/v1/oauth/token' },
  // The answer to a revocation is empty (RFC 7009 §2.2): without this the library wants JSON there as well.
  http: { json: true },
  options,
});

for (const { title, options } of WAYS) {
  test(`skode_04 an app without PKCE, which may be without it, sends its secret ${title}: it is allowed, refreshes and revokes`, async ({
    page, instance, callback, person, register, oauthApp,
  }) => {
    const app = await register({ name: 'CRM sync', kind: 'Server', redirects: callback.url, scopes: ['leads:read'] });
    await oauthApp.stored.click();
    await oauthApp.edit.click();
    await page.getByRole('checkbox', { name: /^PKCE is optional/ }).check();
    await page.getByRole('button', { name: 'Save changes' }).click();

    const client = new AuthorizationCode(settings(instance, app, options));
    const redirect_uri = callback.url;
    const answer = await person.allow(client.authorizeURL({ redirect_uri, scope: 'leads:read', state: 'of the app' }));
    expect(answer.searchParams.get('state')).toBe('of the app');
    const first = await client.getToken({ code: answer.searchParams.get('code') ?? '', redirect_uri });
    expect(first.token).toMatchObject({ token_type: 'Bearer', scope: 'leads:read', refresh_token: expect.any(String) });
    expect(first.expired()).toBe(false);
    expect(first.expired(15 * 60)).toBe(true);

    const second = await first.refresh();
    expect(second.token.access_token).not.toBe(first.token.access_token);
    await second.revokeAll();
    await expect(second.refresh()).rejects.toMatchObject({ output: { statusCode: 400 }, data: { payload: { error: 'invalid_grant' } } });
  });
}

test('a machine sends its secret in each of these ways', async ({ instance, register }) => {
  const app = await register({ name: 'Night shift', kind: 'Machine', scopes: ['leads:read'] });
  for (const { title, options } of WAYS) {
    const { token } = await new ClientCredentials(settings(instance, app, options)).getToken({ scope: 'leads:read' });
    expect(token, title).toMatchObject({ token_type: 'Bearer', scope: 'leads:read' });
    expect(token, title).not.toHaveProperty('refresh_token');
  }
});
