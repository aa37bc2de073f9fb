import { createHash } from 'node:crypto';
import { expect, test } from '../../fixtures/test.ts';

test('common_02: neither reload, nor Back, nor the address shows a secret again', async ({ page, workspace, keys, newKey, reveal, key }) => {
  await page.goto(`${workspace.keys}/new`);
  const shown = page.waitForResponse((answer) => /\/keys\/key_[^/]+$/.test(new URL(answer.url()).pathname));
  await newKey.submit({ label: 'ci', scopes: ['workflows:read'], expiry: '30' });
  expect((await shown).headers()['cache-control']).toBe('no-store');
  const secret = await reveal.secret.inputValue();
  const address = page.url();
  expect(address).not.toContain(secret);

  await reveal.stored.click();
  await expect(key.heading).toContainText('ci');
  expect(await page.content()).not.toContain(secret);

  await page.reload();
  await expect(key.heading).toContainText('ci');
  expect(await page.content()).not.toContain(secret);

  await keys.open(workspace.keys);
  await expect(keys.row('ci')).toContainText(`${secret.slice(0, 12)}…${secret.slice(-4)}`);
  for (let steps = 0; steps < 3; steps++) {
    await page.goBack();
    await page.waitForLoadState();
    expect(await page.content()).not.toContain(secret);
  }
});

test('common_02: a reload of the reveal page itself shows the key without its secret', async ({ page, workspace, newKey, reveal, key }) => {
  await page.goto(`${workspace.keys}/new`);
  await newKey.submit({ label: 'ci', scopes: ['workflows:read'], expiry: '30' });
  const secret = await reveal.secret.inputValue();
  page.on('dialog', (dialog) => void dialog.accept());
  await page.reload();
  await expect(key.heading).toContainText('ci');
  await expect(reveal.secret).toHaveCount(0);
  expect(await page.content()).not.toContain(secret);
});

test('common_02 lodol_03: the data folder holds the SHA-256 of a secret, and the secret nowhere', async ({ instance, workspace, keys, call }) => {
  await keys.open(workspace.keys);
  const secret = await keys.create({ label: 'ci', scopes: ['workflows:read'], expiry: '30' });
  expect((await call(secret)).status).toBe(200);
  await instance.stop();

  const files = await instance.files();
  const random = secret.slice('sk_live_'.length);
  for (const [name, bytes] of files) {
    for (const part of [random.slice(0, 20), random.slice(-20)]) {
      expect(bytes.includes(part), `${name} holds a part of the secret`).toBe(false);
    }
  }
  const hash = createHash('sha256').update(secret).digest();
  expect(files.get('keywright.db')?.includes(hash)).toBe(true);
  expect(instance.output).not.toContain(random.slice(0, 20));
});
