import { paste } from '../fixtures/curl.ts';
import { makeKey } from '../fixtures/owner.ts';
import { powershell } from '../fixtures/powershell.ts';
import { here } from '../fixtures/printed.ts';
import { expect, test } from '../fixtures/test.ts';

test.use({ profile: 'skaala' });

/** As the document prints it. */
const SCRIPT = `$BaseUrl = "https://www.skaala.ai"
$ApiKey = $env:SKAALA_API_KEY

# List bookings
$bookings = Invoke-RestMethod -Method Get \`
  -Uri "$BaseUrl/api/v1/bookings" \`
  -Headers @{ "Authorization" = "Bearer $ApiKey" }

Write-Output "Found $($bookings.meta.total) bookings"

# Create a booking
$body = @{
  service_id = "svc_abc123"
  start_time = "2025-01-15T10:00:00Z"
  contact = @{
    name = "Anna Svensson"
    email = "anna@example.se"
    phone = "+46701234567"
  }
  notes = "First-time customer"
} | ConvertTo-Json

$newBooking = Invoke-RestMethod -Method Post \`
  -Uri "$BaseUrl/api/v1/bookings" \`
  -Headers @{
    "Authorization" = "Bearer $ApiKey"
    "Content-Type" = "application/json"
  } \`
  -Body $body

Write-Output "Booking created: $($newBooking.data.id)"
`;

/** As the document prints them. */
const UNAUTHORIZED = `{
  "error": "unauthorized",
  "message": "Invalid API key"
}`;
const FORBIDDEN = `{
  "error": "forbidden",
  "message": "Insufficient scopes"
}`;

test('skaala_08: the printed script lists bookings and makes one', async ({ instance, given, call }) => {
  const { secret } = await given({ label: 'front desk', scopes: ['read:bookings', 'write:bookings'] });
  const script = here(SCRIPT, { 'https://www.skaala.ai': instance.url });
  const [found, created] = await powershell(script, { SKAALA_API_KEY: secret });
  expect(found).toMatch(/^Found \d+ bookings$/);
  expect(created).toMatch(/^Booking created: bk_\d+$/);
  const booking = await call(secret, `/api/v1/bookings/${created?.split(' ').at(-1)}`);
  expect(await booking.json()).toMatchObject({ data: { service_id: 'svc_abc123', notes: 'First-time customer' } });
});

test('skaala_02: a key is given as Bearer or as X-API-Key; two that differ are refused', async ({ instance, given }) => {
  const { secret } = await given({ label: 'front desk' });
  const { secret: other } = await given({ label: 'other' });
  const list = (...headers: string[]) => paste(`curl "${instance.url}/api/v1/bookings" ${headers.map((header) => `-H "${header}"`).join(' ')}`);
  const [bearer, plain] = [`Authorization: Bearer ${secret}`, `X-API-Key: ${secret}`];
  for (const headers of [[bearer], [plain], [bearer, plain]]) {
    expect(await list(...headers), headers.join()).toMatchObject({ status: 200, body: { data: expect.any(Array), meta: { total: expect.any(Number) } } });
  }
  expect(await list(bearer, `X-API-Key: ${other}`)).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
});

test('skaala_05: a key that is none gets the printed 401, however it is given', async ({ instance, workspace }) => {
  expect(workspace.slug).toBe('northwind');
  for (const key of ['sk_live_...', 'live_123', `sk_live_${'a'.repeat(49)}`]) {
    for (const header of [`Authorization: Bearer ${key}`, `X-API-Key: ${key}`]) {
      const answer = await paste(`curl "${instance.url}/api/v1/bookings" -H "${header}"`);
      expect(answer.status, header).toBe(401);
      expect(answer.body, header).toEqual(JSON.parse(UNAUTHORIZED));
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer /);
    }
  }
});

test('skaala_06: a scope that is missing gets the printed 403; so does a key whose owner lost the team', async ({
  context, instance, workspace, joined,
}) => {
  const admin = await joined('Alma Admin', 'admin');
  const { secret } = await makeKey(admin.context, instance, { label: 'almas', scopes: ['read:bookings'] });
  const list = `curl -X GET "${instance.url}/api/v1/bookings" -H "Authorization: Bearer ${secret}"`;
  const refused = await paste(list.replace('GET', 'POST'));
  expect(refused.status).toBe(403);
  expect(refused.body).toEqual(JSON.parse(FORBIDDEN));
  expect((await paste(list)).status).toBe(200);
  const members = `/api/v1/workspaces/${workspace.slug}/members`;
  const gone = await context.request.delete(`${members}/${admin.id}`);
  expect(gone.ok(), await gone.text()).toBe(true);
  expect(await paste(list)).toMatchObject({ status: 403, body: JSON.parse(FORBIDDEN) as unknown });
});
