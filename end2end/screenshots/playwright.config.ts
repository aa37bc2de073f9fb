import { defineConfig } from '@playwright/test';
import { launchOptions } from '../fixtures/chromium.ts';

/** `make screenshots`: every page in every state, into target/screenshots. */
export default defineConfig({
  testDir: '.',
  testMatch: '*.shots.ts',
  timeout: 60_000,
  fullyParallel: true,
  workers: 2,
  reporter: [['list']],
  use: { launchOptions, contextOptions: { reducedMotion: 'reduce' }, actionTimeout: 6_000 },
  projects: [
    { name: 'js' },
    { name: 'nojs', testMatch: 'pages.shots.ts', use: { javaScriptEnabled: false } },
  ],
});
