import { createHash } from 'node:crypto';
import { expect, test } from '../../fixtures/test.ts';

test('a pasted key is found by its hash alone: the key itself never leaves the browser', async ({ page, workspace, given, keys, key }) => {
  const { id, secret } = await given({ label: 'ci' });
  const sent: string[] = [];
  await page.goto(workspace.keys, { waitUntil: 'networkidle' });
  page.on('request', (request) => sent.push(`${request.url()} ${request.postData() ?? ''}`));
  await keys.lookFor(` ${secret}\n`);
  await expect(page).toHaveURL(`${workspace.keys}/${id}`);
  await expect(key.heading).toContainText('ci');

  const hash = createHash('sha256').update(secret).digest('hex');
  expect(sent[0]).toBe(`${new URL(`${workspace.keys}/find`, page.url())} start=&hash=${hash}`);
  for (const request of sent) expect(request).not.toContain(secret.slice(12, 30));
});

test('a key of nobody here is said to be unknown, without saying it again', async ({ page, workspace, given, keys }) => {
  await given({ label: 'ci' });
  await page.goto(workspace.keys, { waitUntil: 'networkidle' });
  const stranger = `sk_live_${'x'.repeat(49)}`;
  await keys.lookFor(stranger);
  await expect(page.getByText('No key of this workspace has this secret.')).toBeVisible();
  expect(await page.content()).not.toContain(stranger);
});
