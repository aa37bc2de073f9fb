import { createHash } from 'node:crypto';
import { expect, test } from '../fixtures/test.ts';

test('of a pasted key only its hash leaves the browser, and an id stays what it is', async ({ page, workspace, given, refusals }) => {
  const { id, secret } = await given({ label: 'ci' });
  const sent: string[] = [];
  await page.goto(`/w/${workspace.slug}/refusals`, { waitUntil: 'networkidle' });
  page.on('request', (request) => sent.push(`${request.url()} ${request.postData() ?? ''}`));
  await refusals.lookFor(secret);
  await expect(page).toHaveURL(`/w/${workspace.slug}/refusals?key=${id}`);
  const hash = createHash('sha256').update(secret).digest('hex');
  const door = new URL(`/w/${workspace.slug}/refusals/find`, page.url());
  expect(sent[0]).toBe(`${door} start=&hash=${hash}`);
  for (const request of sent) expect(request).not.toContain(secret.slice(12, 30));

  sent.length = 0;
  await page.reload({ waitUntil: 'networkidle' });
  sent.length = 0;
  await refusals.lookFor('0198c0de-7f3a-7000-8000-000000000006');
  await expect(page.getByText('No refused request is known by this, and no key.')).toBeVisible();
  expect(sent[0]).toBe(`${door} start=0198c0de-7f3a-7000-8000-000000000006&hash=`);
});

test('the page of a new secret shows its first request by itself, and then asks no more', async ({
  page, workspace, newKey, reveal, call,
}) => {
  await page.goto(`${workspace.keys}/new`);
  await newKey.submit({ label: 'ci', scopes: ['workflows:read'], expiry: '30' });
  const secret = await reveal.secret.inputValue();
  await expect(reveal.refresh).toBeHidden();
  const wrong = await fetch(new URL('/api/v1/workflows', page.url()), { headers: { 'x-api-key': secret } });
  expect(wrong.status).toBe(401);
  await expect(reveal.firstCall).toContainText('The key came in X-API-Key, which is not read here.');
  await expect(reveal.firstCall).toContainText('Send the key as “Authorization: Bearer <key>”.');
  expect((await call(secret)).status).toBe(200);
  await expect(reveal.firstCall).toContainText('200 GET /api/v1/workflows · just now');
  await expect(reveal.secret, 'the page is the same').toHaveValue(secret);
  let asked = 0;
  page.on('request', () => asked++);
  await page.waitForTimeout(5_000);
  expect(asked).toBe(0);
});

test('nothing is asked while nobody looks', async ({ page, workspace, newKey, reveal, call }) => {
  await page.goto(`${workspace.keys}/new`);
  await newKey.submit({ label: 'ci', scopes: ['workflows:read'], expiry: '30' });
  const secret = await reveal.secret.inputValue();
  await expect(reveal.refresh).toBeHidden();
  const turn = (hidden: boolean) =>
    page.evaluate((hidden) => Object.defineProperty(document, 'hidden', { configurable: true, value: hidden }), hidden);
  await turn(true);
  await page.waitForTimeout(500);
  let asked = 0;
  page.on('request', () => asked++);
  expect((await call(secret)).status).toBe(200);
  await page.waitForTimeout(5_000);
  expect(asked).toBe(0);
  await turn(false);
  await expect(reveal.firstCall).toContainText('200 GET /api/v1/workflows');
});
