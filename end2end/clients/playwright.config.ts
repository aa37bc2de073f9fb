import { defineConfig } from '@playwright/test';
import { common } from '../fixtures/playwright.ts';

/** `make clients`: OAuth clients of other people against the server. The person whom they ask is in Chromium. */
export default defineConfig(common, {
  testDir: '.',
  outputDir: '../test-results/clients',
  // What the browser tests show with scripts and without is not shown again.
  use: { javaScriptEnabled: false },
});
