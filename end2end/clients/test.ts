import { expect, test as base } from '../fixtures/test.ts';
import type { AppChoices } from '../pages/index.ts';
import { Callback } from './callback.ts';
import { Person } from './person.ts';

/** What a programmer takes home from the page that registers an app. */
export interface Credentials {
  id: string;
  secret: string;
}

interface Fixtures {
  /** Where the apps wait for an answer. */
  callback: Callback;
  /** Whom they ask: the owner of the workspace, in another browser than the one that registers apps. */
  person: Person;
  /** Registers an app that has a secret, on the pages of the dashboard. */
  register: (choices: AppChoices) => Promise<Credentials>;
}

export const test = base.extend<Fixtures>({
  callback: async ({}, use) => {
    const callback = await Callback.start();
    await use(callback);
    callback.stop();
  },

  person: async ({ workspace: _, stranger, callback }, use) => use(new Person(await stranger.newPage(), callback)),

  register: ({ page, workspace, newApp, oauthApp }, use) =>
    use(async (choices) => {
      await page.goto(`/w/${workspace.slug}/apps/new`);
      await newApp.submit(choices);
      return { id: await oauthApp.clientId.inputValue(), secret: await oauthApp.secret.inputValue() };
    }),
});

export { expect };
