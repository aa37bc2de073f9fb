import { defineConfig } from '@playwright/test';
import { launchOptions } from './fixtures/chromium.ts';

/** What is the same without scripts: what needs them, and what has no page. */
const ONCE = /\.(hydrate|api)\.spec\.ts$/;

export default defineConfig({
  testDir: 'tests',
  timeout: 30_000,
  expect: { timeout: 6_000 },
  fullyParallel: true,
  workers: 2,
  // A test that passes only at the second try is a fault to find: on a busy build machine it is listed as flaky.
  retries: process.env.CI ? 1 : 0,
  forbidOnly: !!process.env.CI,
  reporter: [['list']],
  use: {
    launchOptions,
    // Nothing moves: a page turn that is cut short by the next step is an error to the browser.
    contextOptions: { reducedMotion: 'reduce' },
    actionTimeout: 6_000,
    navigationTimeout: 10_000,
    screenshot: 'only-on-failure',
    trace: process.env.CI ? 'off' : 'retain-on-failure',
  },
  projects: [
    { name: 'js' },
    { name: 'nojs', testIgnore: ONCE, use: { javaScriptEnabled: false } },
  ],
});
