import { DEVICE, run } from './program.ts';
import { expect, test } from './test.ts';

test.use({ profile: 'skillett' });

interface Told {
  first: { access_token: string; refresh_token: string };
  second: { access_token: string; refresh_token: string };
}

test('skillett_08 the crate oauth2 as a device: it shows a link, waits until a person lets it in, and refreshes', async ({
  page, instance, workspace, person, newApp, oauthApp,
}) => {
  await page.goto(`/w/${workspace.slug}/apps/new`);
  await newApp.submit({ name: 'Terminal', kind: 'Device', scopes: ['github'] });
  const id = await oauthApp.shownId.innerText();
  const { first, second } = await run<Told>(DEVICE, [instance.url, id, 'github'], (link) => person.letIn(link));
  expect(second.access_token).not.toBe(first.access_token);
  expect(second.refresh_token).not.toBe(first.refresh_token);
});
