import { accessibilityFaults } from '../fixtures/axe.ts';
import { expect, test } from '../fixtures/test.ts';
import { TOUR } from '../fixtures/tour.ts';

for (const { name, profile, open } of TOUR) {
  test.describe(name, () => {
    test.use({ profile: profile ?? 'default' });

    test(`${name}: axe finds nothing in light and dark, and 320 px are wide enough`, async ({ page, instance }) => {
      await open({ page, instance });
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await accessibilityFaults(page), colorScheme).toEqual([]);
      }
      await page.setViewportSize({ width: 320, height: 640 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth), 'as wide as the window').toBeLessThanOrEqual(320);
      expect(await accessibilityFaults(page), '320 px').toEqual([]);
    });
  });
}
