import type { Locator, Page } from '@playwright/test';
import { KeyFields } from './key-fields.ts';

/** The form that changes a key. */
export class EditKeyPage extends KeyFields {
  readonly save: Locator;
  readonly cancel: Locator;
  /** What the key is now, where somebody else has changed it meanwhile. */
  readonly asItIs: Locator;

  constructor(page: Page) {
    super(page);
    this.save = page.getByRole('button', { name: 'Save changes' });
    this.cancel = page.getByRole('link', { name: 'Cancel' });
    this.asItIs = page.getByRole('region', { name: 'How it is now, where your form differs' });
  }
}
