import { expect, type Page } from '@playwright/test';
import { OWNER } from '../fixtures/owner.ts';
import { ConsentPage, LoginPage } from '../pages/index.ts';
import type { Callback } from './callback.ts';

/** Whom the apps ask. They have a browser in which nobody is signed in at first. */
export class Person {
  readonly #page: Page;
  readonly #callback: Callback;
  readonly #consent: ConsentPage;
  readonly #login: LoginPage;

  constructor(page: Page, callback: Callback) {
    this.#page = page;
    this.#callback = callback;
    this.#consent = new ConsentPage(page);
    this.#login = new LoginPage(page);
  }

  /** Follows an app's link, signs in where they have to, and says yes. Gives the address that they are sent back to. */
  async allow(link: URL | string): Promise<URL> {
    await this.#open(link);
    await this.#consent.allow.click();
    return this.#arrived();
  }

  /** Says no. */
  async deny(link: URL | string): Promise<URL> {
    await this.#open(link);
    await this.#consent.deny.click();
    return this.#arrived();
  }

  /** Lets in the device that shows this link. */
  async letIn(link: string): Promise<void> {
    await this.#open(link);
    await this.#consent.goOn.click();
    await this.#consent.allow.click();
    await expect(this.#consent.heading).toHaveText('The device is connected');
  }

  async #open(link: URL | string): Promise<void> {
    await this.#page.goto(String(link));
    if (new URL(this.#page.url()).pathname === '/login') await this.#login.signIn(OWNER);
  }

  async #arrived(): Promise<URL> {
    await this.#page.waitForURL((address) => this.#callback.isAt(address));
    return new URL(this.#page.url());
  }
}
