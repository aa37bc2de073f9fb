import { paste } from '../fixtures/curl.ts';
import { OWNER } from '../fixtures/owner.ts';
import { expect, test } from '../fixtures/test.ts';

test('common_02 common_05 common_06 common_08 common_11: one key lives its whole life, from the setup link to sign-in after its end', async ({
  page, instance, setup, keys, newKey, reveal, login, shell,
}) => {
  let curl = '';

  await test.step('the printed link creates the first owner, who arrives at an empty page that explains what to do', async () => {
    await page.goto(instance.setupLink ?? '');
    await setup.claim({ ...OWNER, plan: 'Starter' });
    await expect(page).toHaveURL(/\/w\/northwind\/keys$/);
    await expect(page).toHaveTitle(/Northwind/);
    await expect(page.getByRole('heading', { name: 'No keys yet' })).toBeVisible();
    await expect(page.getByRole('main').getByRole('listitem')).toHaveCount(3);
    await expect(keys.usage('0 of 3 keys used')).toBeVisible();
  });

  await test.step('the form makes a key; its secret stands alone on the next page', async () => {
    await page.getByRole('link', { name: 'Create your first key' }).click();
    await newKey.submit({ label: 'ci', scopes: ['workflows:read'], expiry: '30' });
    await expect(reveal.heading).toBeVisible();
    await expect(reveal.secret).toHaveValue(/^sk_live_[A-Za-z0-9]{40,}$/);
    await expect(reveal.secret).not.toBeEditable();
    const secret = await reveal.secret.inputValue();
    expect(await reveal.snippet('.env')).toContain(`API_KEY=${secret}`);
    curl = await reveal.snippet('curl');
    expect(curl).toContain(secret);
    await reveal.stored.click();
  });

  await test.step('the list says what is known of it', async () => {
    await shell.navigation.getByRole('link').first().click();
    await expect(keys.usage('1 of 3 keys used')).toBeVisible();
    const row = keys.row('ci');
    await expect(row).toContainText(/sk_live_\w{4}…\w{4}/);
    await expect(row).toContainText('workflows:read');
    await expect(row).toContainText('Active');
    await expect(await keys.cell('ci', 'Owner')).toContainText(OWNER.name);
    await expect(await keys.cell('ci', 'Owner')).toContainText('made just now');
    await expect(await keys.cell('ci', 'Expires')).toContainText(/in (29|30) days/);
    await expect(await keys.cell('ci', 'Last used')).toContainText('Never used');
  });

  await test.step('the copied curl line works; within five seconds the list says so', async () => {
    const answer = await paste(curl);
    expect(answer).toMatchObject({ status: 200, body: { data: expect.any(Array), meta: { total: 3 } } });
    await expect(async () => {
      await page.reload();
      await expect(await keys.cell('ci', 'Last used')).toContainText('just now', { timeout: 100 });
    }).toPass({ timeout: 5_000 });
  });

  await test.step('revoking says what it means; the very next call is refused', async () => {
    await keys.revokeLink('ci').click();
    await expect(keys.question).toContainText('ci');
    await expect(page.getByText('This cannot be undone.')).toBeVisible();
    await expect(page.getByText(/^Used just now from 127\.0\.0\.1/)).toBeVisible();
    await keys.revokeButton.click();
    await expect(shell.toast).toContainText('“ci” is revoked');
    await expect(keys.row('ci')).toContainText('Revoked');
    await expect(keys.usage('0 of 3 keys used')).toBeVisible();

    const answer = await paste(curl);
    expect(answer.status).toBe(401);
    expect(answer.body).toEqual({ error: 'revoked_key', message: 'This API key has been revoked.' });
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="keywright", error="invalid_token", resource_metadata="/);
  });

  await test.step('the owner signs out, and in again', async () => {
    await shell.signOut();
    await expect(page).toHaveURL(/\/login$/);
    await expect(shell.toast).toHaveText('You are signed out.');
    await login.signIn(OWNER);
    await expect(page).toHaveURL(/\/w\/northwind\/keys$/);
    await expect(keys.row('ci')).toContainText('Revoked');
  });
});
