import { expect, test } from '../fixtures/test.ts';

interface OpenApi {
  openapi: string;
  paths: Record<string, Record<string, { operationId: string; responses: Record<string, unknown> }>>;
}

test('the API is described by one document for programs and for people', async ({ page, stranger, workspace, apiDocs }) => {
  expect(workspace.slug).toBe('northwind');
  const answer = await stranger.request.get('/api/openapi.json');
  const document = (await answer.json()) as OpenApi;
  expect(document.openapi).toMatch(/^3\.1/);
  const foreign: string[] = [];
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(page.url()).origin && page.url() !== 'about:blank') foreign.push(request.url());
  });
  await apiDocs.open();
  await expect(apiDocs.heading).toHaveText('Acme API reference');
  await expect(page.getByRole('link', { name: 'OpenAPI 3.1' })).toHaveAttribute('href', '/api/openapi.json');
  for (const path of ['/api/v1/workspaces/{workspace}/api-keys', '/api/v1/workspaces/{workspace}/audit']) {
    expect(Object.keys(document.paths)).toContain(path);
    await expect(page.getByText(path, { exact: true }).first()).toBeVisible();
  }
  expect(foreign).toEqual([]);
});

test('every operation that the document describes is refused to whoever is not signed in', async ({ stranger, workspace }) => {
  const document = (await (await stranger.request.get('/api/openapi.json')).json()) as OpenApi;
  let operations = 0;
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of ['get', 'post', 'patch', 'delete'].filter((method) => method in item)) {
      const filled = path.replace('{workspace}', workspace.slug).replace(/\{\w+\}/g, `key_${'0'.repeat(32)}`);
      const headers = { 'content-type': 'application/json' };
      const answer = await stranger.request.fetch(filled, { method, headers, ...(method === 'get' ? {} : { data: '{}' }) });
      expect(answer.status(), `${method} ${path}`).toBe(401);
      operations++;
    }
  }
  expect(operations).toBeGreaterThan(10);
});
