import { makeKey, OWNER } from '../fixtures/owner.ts';
import { expect, test } from '../fixtures/test.ts';

test('one person in two workspaces finds the way between them; the workspace is in the address', async ({
  page, context, instance, workspace, operator, workspaces, keys, shell,
}) => {
  await page.goto(workspace.keys);
  await expect(workspaces.switcher).toHaveCount(0);
  await operator.create('Globex', 'growth', { email: OWNER.email, name: OWNER.name });
  await makeKey(context, instance, { label: 'of northwind' }, workspace.slug);
  await makeKey(context, instance, { label: 'of globex' }, 'globex');

  await page.goto(workspace.keys);
  await expect(keys.row('of northwind')).toBeVisible();
  await expect(keys.row('of globex')).toHaveCount(0);
  await workspaces.switcher.click();
  await expect(workspaces.heading).toHaveText('Your workspaces');
  await expect(workspaces.row('Globex')).toContainText('Growth plan · Owner');
  await expect(workspaces.row('Northwind')).toContainText('Last visited');
  await workspaces.enter('Globex');
  await expect(page).toHaveURL('/w/globex/keys');
  await expect(keys.row('of globex')).toBeVisible();
  await expect(keys.row('of northwind')).toHaveCount(0);

  // The browser remembers where the person was last.
  await page.goto('/');
  await expect(page).toHaveURL('/w/globex/keys');
  await expect(shell.navigation).toBeVisible();
});

test('common_14: another workspace’s keys answer exactly like unknown ones, by every door', async ({
  page, context, instance, workspace, operator, joined, given,
}) => {
  await operator.create('Globex', 'growth', { email: OWNER.email, name: OWNER.name });
  const foreign = await makeKey(context, instance, { label: 'of globex' }, 'globex');
  const own = await given({ label: 'of northwind' });
  const { context: theirs, page: their } = await joined('Grace Hopper', 'admin');
  const unknown = `key_${'0'.repeat(foreign.id.length - 4)}`;

  const bodies: string[][] = [];
  for (const id of [foreign.id, unknown]) {
    const said: string[] = [];
    bodies.push(said);
    for (const path of ['', '/edit', '/rotate', '/revoke']) {
      expect((await their.goto(`${workspace.keys}/${id}${path}`))?.status(), path).toBe(404);
      said.push(await their.getByRole('main').innerText());
      expect((await their.goto(`/w/globex/keys/${id}${path}`))?.status(), path).toBe(404);
      said.push(await their.getByRole('main').innerText());
    }
    for (const path of ['disable', 'revoke', 'rotate', 'rotation/undo']) {
      const answer = await theirs.request.post(`${workspace.keys}/${id}/${path}`, { form: {} });
      expect(answer.status(), path).toBe(404);
    }
    const rest = await theirs.request.delete(`/api/v1/workspaces/${workspace.slug}/api-keys/${id}`);
    expect(rest.status()).toBe(404);
    expect(await rest.json()).toEqual({ error: 'not_found', message: 'There is no such key.' });
  }
  expect(bodies[0]).toEqual(bodies[1]);
  await page.goto(`${workspace.keys}/${own.id}`);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('of northwind');
  expect((await page.goto(`${workspace.keys}/${foreign.id}`))?.status()).toBe(404);
});

test('whoever is a member of nothing is told whom to ask', async ({ page, workspace, operator, signInLink }) => {
  expect(workspace.slug).toBe('northwind');
  const { slug, url } = await operator.create('Globex', 'growth', { email: 'grace@globex.example', name: 'Grace Hopper' });
  await page.context().clearCookies();
  await signInLink.open(url);
  await signInLink.go.click();
  await expect(page).toHaveURL(/\/w\/globex/);
  await operator.delete(slug);
  await page.goto('/');
  await expect(page).toHaveURL('/workspaces');
  await expect(page.getByRole('heading', { name: 'You are a member of no workspace' })).toBeVisible();
  await expect(page.getByRole('main').getByText('grace@globex.example')).toBeVisible();
});
