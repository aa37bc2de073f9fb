import { here, send } from '../fixtures/printed.ts';
import { expect, test } from '../fixtures/test.ts';

test.use({ profile: 'skedcast' });

/** As the document prints it. */
const AGENCY = `GET /v1/agency HTTP/1.1
Host: api.skedcast.com
Authorization: Bearer sked_live_AB12…`;

test('skedcast_04: the printed request shows the agency to a key', async ({ instance, given }) => {
  const { secret } = await given({ label: 'website', scopes: ['agency:read'] });
  const request = here(AGENCY, { 'api.skedcast.com': new URL(instance.url).host, 'sked_live_AB12…': secret });
  expect(await send(request, instance.url)).toMatchObject({ status: 200, body: { data: { id: 'agy_1001', name: expect.any(String) } } });
  const { secret: narrow } = await given({ label: 'calendar', scopes: ['schedules:read'] });
  expect((await send(request.replace(secret, narrow), instance.url)).status).toBe(403);
});
