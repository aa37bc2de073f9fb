import { accessibilityFaults, LOOKS, withScripts } from '../fixtures/axe.ts';
import { expect, test } from '../fixtures/test.ts';
import { TOUR } from '../fixtures/tour.ts';

for (const { name, profile, open } of TOUR) {
  test.describe(name, () => {
    test.use({ profile: profile ?? 'default' });

    test(`${name}: axe finds nothing, and 320 px are wide enough`, async ({ page, instance, browser, javaScriptEnabled }) => {
      // The description of the API is by far the longest page.
      if (name === 'api-docs') test.slow();
      await open({ page, instance });
      await page.setViewportSize({ width: 320, height: 640 });
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect.soft(width, 'as wide as the window').toBeLessThanOrEqual(320);

      if (javaScriptEnabled) {
        expect(await accessibilityFaults(page, LOOKS)).toEqual([]);
      } else {
        // The colours and the layout are the same; what islands add to the document is missing.
        const twin = await withScripts(browser, page);
        expect(await accessibilityFaults(twin, LOOKS.slice(0, 1))).toEqual([]);
        await twin.close();
      }
    });
  });
}
