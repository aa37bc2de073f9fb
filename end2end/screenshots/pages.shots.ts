import { join, resolve } from 'node:path';
import { PROFILES } from '../fixtures/products.ts';
import { test } from '../fixtures/test.ts';
import { TOUR } from '../fixtures/tour.ts';

const FOLDER = resolve(import.meta.dirname, '../../target/screenshots');
const WIDTHS = { 1280: 800, 390: 844 };

for (const { name, profile, open } of TOUR) {
  test.describe(name, () => {
    test.use({ profile: profile ?? 'default' });

    test(name, async ({ page, instance, javaScriptEnabled }) => {
      await open({ page, instance });
      if (javaScriptEnabled) await page.waitForLoadState('networkidle');
      for (const colorScheme of ['light', 'dark'] as const) {
        // Without scripts only the shape can differ, not the colours.
        if (!javaScriptEnabled && colorScheme === 'dark') continue;
        await page.emulateMedia({ colorScheme });
        for (const [width, height] of Object.entries(WIDTHS)) {
          await page.setViewportSize({ width: Number(width), height });
          const kind = javaScriptEnabled ? colorScheme : 'nojs';
          await page.screenshot({ path: join(FOLDER, `${name}.${kind}.${width}.png`), fullPage: true });
        }
      }
    });
  });
}

for (const profile of PROFILES.filter((profile) => profile !== 'default')) {
  test.describe(profile, () => {
    test.use({ profile, viewport: { width: 1280, height: 800 }, javaScriptEnabled: true });

    for (const { name, open } of TOUR.filter((stop) => stop.everywhere)) {
      test(`${profile}: ${name}`, async ({ page, instance }, testInfo) => {
        test.skip(testInfo.project.name !== 'js', 'the words are the same without scripts');
        await open({ page, instance });
        await page.waitForLoadState('networkidle');
        await page.screenshot({ path: join(FOLDER, profile, `${name}.png`), fullPage: true });
      });
    }
  });
}
