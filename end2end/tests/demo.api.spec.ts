import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { paste } from '../fixtures/curl.ts';
import { expect, test } from '../fixtures/test.ts';

for (const [profile, working, revoked] of [
  ['skaala', 'Booking widget', 'Old reception PC'],
  ['lodol', 'Production server', 'Old laptop'],
] as const) {
  test.describe(profile, () => {
    test.use({ profile });

    test('the demonstration has history on the keys page, a login and a key that work', async ({ page, instance, login, keys }) => {
      test.slow();
      await instance.restart(async () => {
        expect(await instance.fill()).toMatchObject({ code: 0 });
      });
      const file = join(instance.dataDir, 'demo.txt');
      expect((await stat(file)).mode & 0o077).toBe(0);
      const told = await readFile(file, 'utf8');
      const [, email = ''] = /(\S+@\S+) +Owner/.exec(told) ?? [];
      const [, password = ''] = /password is “(.+?)”/.exec(told) ?? [];
      expect(await paste(/curl .+/.exec(told)?.[0] ?? '')).toMatchObject({ status: 200, body: { data: expect.any(Array) } });

      await page.goto('/login');
      await login.signIn({ email, password });
      await page.goto('/w/northwind/keys');
      await expect(keys.row(working)).toContainText('Active');
      await expect(keys.row(revoked)).toContainText('Revoked');
      for (const status of ['Disabled', 'Expired', 'Rotating']) {
        await expect(keys.table.getByRole('row').filter({ hasText: status }).first(), status).toBeVisible();
      }
      await expect(await keys.cell('Zapier', 'Last used')).toHaveText('Never used');

      const again = await instance.fill();
      expect(again.code).not.toBe(0);
      expect(again.output).toContain('nothing was written');
    });
  });
}
