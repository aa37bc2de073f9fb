import type { Locator, Page } from '@playwright/test';

/** The usage of a workspace, or of a key. */
export class UsagePage {
  readonly #page: Page;
  readonly link: Locator;
  /** Requests over time. */
  readonly chart: Locator;
  readonly limits: Locator;
  /** Where no script does it. */
  readonly lookAgain: Locator;
  readonly export: Locator;
  readonly empty: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.link = page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Usage' });
    this.chart = page.getByRole('img', { name: /^Requests in the last/ });
    this.limits = page.getByRole('region', { name: 'Limits' });
    this.lookAgain = this.limits.getByRole('link', { name: 'Look again' });
    this.export = page.getByRole('link', { name: 'Export CSV' });
    this.empty = page.getByRole('heading', { name: 'No requests yet' });
  }

  async open(slug: string): Promise<void> {
    await this.#page.goto(`/w/${slug}/usage`);
  }

  /** Looks back over "1 hour", "24 hours", "7 days" … */
  async lookBack(title: string): Promise<void> {
    await this.#page.getByRole('navigation', { name: 'Time' }).getByRole('link', { name: title, exact: true }).click();
  }

  /** What is said under "Requests", "Allowed", "Refused", "Busiest key" … */
  figure(name: string): Locator {
    const term = this.#page.getByRole('term').filter({ hasText: new RegExp(`^${name}$`) });
    return this.#page.locator('.figure').filter({ has: term }).getByRole('definition').first();
  }

  /** An entry of "Keys", "Routes" or "Refused because". */
  share(title: string, name: string): Locator {
    return this.#page.getByRole('region', { name: title, exact: true }).getByRole('listitem').filter({ hasText: name });
  }

  /** The numbers behind the chart. */
  async numbers(): Promise<Locator> {
    const table = this.#page.getByRole('table', { name: 'Requests over time' });
    if (!(await table.isVisible())) await this.#page.getByText('Show the numbers').click();
    return table;
  }
}
