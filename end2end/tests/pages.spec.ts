import { accessibilityFaults, withScripts } from '../fixtures/axe.ts';
import { expect, test } from '../fixtures/test.ts';
import { TOUR } from '../fixtures/tour.ts';

for (const { name, profile, open } of TOUR) {
  test.describe(name, () => {
    test.use({ profile: profile ?? 'default' });

    test(`${name}: axe finds nothing, and 320 px are wide enough`, async ({ page, instance, browser, javaScriptEnabled }) => {
      await open({ page, instance });
      await page.setViewportSize({ width: 320, height: 640 });
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect.soft(width, 'as wide as the window').toBeLessThanOrEqual(320);

      const seen = javaScriptEnabled ? page : await withScripts(browser, page);
      expect(await accessibilityFaults(seen)).toEqual([]);
      if (seen !== page) await seen.close();
    });
  });
}
