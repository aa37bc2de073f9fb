import { defineConfig } from '@playwright/test';
import { launchOptions } from '../fixtures/chromium.ts';

/** `make clients`: OAuth clients of other people against the server. The person whom they ask is in Chromium. */
export default defineConfig({
  testDir: '.',
  timeout: 30_000,
  expect: { timeout: 6_000 },
  fullyParallel: true,
  workers: 2,
  retries: process.env.CI ? 1 : 0,
  forbidOnly: !!process.env.CI,
  reporter: [['list']],
  outputDir: '../test-results/clients',
  use: {
    launchOptions,
    // What the browser tests show with scripts and without is not shown again.
    javaScriptEnabled: false,
    contextOptions: { reducedMotion: 'reduce' },
    actionTimeout: 6_000,
    navigationTimeout: 10_000,
  },
});
