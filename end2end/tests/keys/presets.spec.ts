import { expect, test } from '../../fixtures/test.ts';

test('a key starts from a preset, or from what another key has', async ({ page, workspace, given, newKey }) => {
  await given({ label: 'ci', scopes: ['workflows:run', 'executions:read'], note: 'Ask Ada.' });
  await page.goto(`${workspace.keys}/new`);
  await newKey.preset('Read only').click();
  await expect(newKey.scope('workflows:read')).toBeChecked();
  await expect(newKey.scope('executions:read')).toBeChecked();
  await expect(newKey.scope('workflows:write')).not.toBeChecked();
  await newKey.preset('Everything I may').click();
  await expect(newKey.scope('workflows:write')).toBeChecked();
  await newKey.preset('None').click();
  await expect(newKey.scope('workflows:write')).not.toBeChecked();

  await newKey.like.selectOption({ index: 0 });
  await newKey.fillIn.click();
  await expect(newKey.scope('workflows:run')).toBeChecked();
  await expect(newKey.scope('executions:read')).toBeChecked();
  await expect(newKey.scope('workflows:read')).not.toBeChecked();
  await expect(newKey.note).toHaveValue('Ask Ada.');
});

test('a key of the workspace outlives people; one of the test environment has its own prefix', async ({
  page, workspace, keys, newKey, reveal, key,
}) => {
  await page.goto(`${workspace.keys}/new`);
  await expect(newKey.owner('mine')).toBeChecked();
  await newKey.submit({ label: 'ci', environment: 'Test', owner: 'workspace', scopes: ['workflows:read'], expiry: '30' });
  await expect(reveal.secret).toHaveValue(/^sk_test_/);
  await reveal.stored.click();
  await expect(key.fact('Owner')).toHaveText('The workspace itself, so it outlives people');
  await expect(key.fact('Environment')).toHaveText('Test');
  await page.goto(workspace.keys);
  await expect(await keys.cell('ci', 'Owner')).toContainText('The workspace itself');
});

test('networks are IPv4 and IPv6, one a line, and wrong ones are told apart', async ({ page, workspace, newKey, reveal, key }) => {
  await page.goto(`${workspace.keys}/new`);
  await newKey.submit({ label: 'ci', scopes: ['workflows:read'], expiry: '30', networks: '10.0.0.0/8\n10.0.0.300' });
  await expect(newKey.networks).toHaveAccessibleDescription(/10\.0\.0\.300/);
  await newKey.submit({ networks: '10.0.0.0/8\n2001:db8::/32' });
  await reveal.stored.click();
  await expect(key.fact('Addresses').getByRole('listitem')).toHaveText(['10.0.0.0/8', '2001:db8::/32']);
});
