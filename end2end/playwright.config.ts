import { defineConfig } from '@playwright/test';
import { common } from './fixtures/playwright.ts';

/** What is the same without scripts: what needs them, and what has no page. */
const ONCE = /\.(hydrate|api)\.spec\.ts$/;

export default defineConfig(common, {
  testDir: 'tests',
  use: {
    screenshot: 'only-on-failure',
    trace: process.env.CI ? 'off' : 'retain-on-failure',
  },
  projects: [
    { name: 'js' },
    { name: 'nojs', testIgnore: ONCE, use: { javaScriptEnabled: false } },
  ],
});
