import { join, resolve } from 'node:path';
import { furnish } from '../fixtures/northwind.ts';
import { test } from '../fixtures/test.ts';

const FOLDER = resolve(import.meta.dirname, '../../target/screenshots');

test('the dialog that asks before a key ends', async ({ page, context, instance, keys }) => {
  const workspace = await furnish(instance, context);
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto(workspace.keys, { waitUntil: 'networkidle' });
  await keys.revokeLink('Production server').click();
  await page.getByRole('dialog').waitFor();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: join(FOLDER, `keys-dialog.${colorScheme}.1280.png`) });
  }
});

test('a secret that was copied', async ({ page, context, workspace, newKey, reveal }) => {
  await context.grantPermissions(['clipboard-write']);
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto(`${workspace.keys}/new`);
  await newKey.submit({ label: 'Production server', scopes: ['workflows:read'], expiry: '90' });
  await reveal.copySecret.click();
  await page.getByRole('button', { name: 'Copied' }).waitFor();
  await page.screenshot({ path: join(FOLDER, 'key-reveal-copied.light.1280.png') });
});

test('what comes first with a new key', async ({ page, workspace, newKey, reveal, call }) => {
  await page.goto(`${workspace.keys}/new`);
  await newKey.submit({ label: 'Production server', scopes: ['workflows:read'], expiry: '90' });
  const secret = await reveal.secret.inputValue();
  const shoot = async (state: string) => {
    await reveal.firstCall.getByText(state === 'refused' ? '401' : '200').waitFor();
    for (const [colorScheme, width] of [['light', 1280], ['dark', 390]] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      await page.screenshot({ path: join(FOLDER, `key-reveal-${state}.${colorScheme}.${width}.png`), fullPage: true, animations: 'disabled' });
    }
  };
  await fetch(new URL('/api/v1/workflows', page.url()), { headers: { 'x-api-key': secret } });
  await shoot('refused');
  await call(secret);
  await shoot('answered');
});

test.describe('the picture of the README', () => {
  test.use({ deviceScaleFactor: 2, viewport: { width: 1280, height: 800 } });

  test('readme', async ({ page, context, instance }) => {
    const workspace = await furnish(instance, context);
    await page.goto(workspace.keys, { waitUntil: 'networkidle' });
    await page.screenshot({ path: join(FOLDER, 'readme.png') });
  });
});
