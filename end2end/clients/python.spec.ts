import { resolve } from 'node:path';
import { PYTHON, run } from './program.ts';
import { expect, test } from './test.ts';

test.use({ profile: 'skedcast' });

interface Tokens {
  access_token: string;
  refresh_token?: string;
  token_type: string;
  scope: string | string[];
}

/** What each of the two tells of its way through the server. */
interface Told {
  first: Tokens;
  second: Tokens;
  /** What the second access token was worth before its refresh token was given back, and after. */
  before: object;
  after: object;
  machine: Tokens;
}

const script = (name: string) => resolve(import.meta.dirname, `python/with_${name}.py`);

for (const library of ['authlib', 'requests_oauthlib'] as const) {
  for (const method of ['client_secret_basic', 'client_secret_post'] as const) {
    test(`skedcast_05 skedcast_09 ${library}, with ${method}: an app is allowed, goes on when its token has expired, and gives back what it has`, async ({
      instance, callback, person, register,
    }) => {
      const scopes = ['schedules:read', 'agency:read'];
      const app = await register({ name: 'Notebook', kind: 'Server', redirects: callback.url, scopes });
      const machine = await register({ name: 'Night shift', kind: 'Machine', scopes: ['agency:read'] });
      const facts = { issuer: instance.url, callback: callback.url, method, app, machine, scopes };
      const told = await run<Told>(PYTHON, [script(library), JSON.stringify(facts)], (link) => person.allow(link));

      for (const tokens of [told.first, told.second]) {
        expect(tokens).toMatchObject({ token_type: 'Bearer', refresh_token: expect.any(String) });
        expect([tokens.scope].flat().join(' ')).toBe('agency:read schedules:read');
      }
      expect(told.second.access_token).not.toBe(told.first.access_token);
      expect(told.before).toMatchObject({ active: true, client_id: app.id, iss: instance.url });
      expect(told.after).toEqual({ active: false });
      expect(told.machine).toMatchObject({ token_type: 'Bearer' });
      expect(told.machine).not.toHaveProperty('refresh_token');
    });
  }
}
