export { AccountPage } from './account-page.ts';
export { AuditPage } from './audit-page.ts';
export { KeyPage } from './key-page.ts';
export { KeysPage } from './keys-page.ts';
export { LoginPage } from './login-page.ts';
export { NewKeyPage, type KeyChoices } from './new-key-page.ts';
export { RevealPage } from './reveal-page.ts';
export { SetupPage } from './setup-page.ts';
export { Shell } from './shell.ts';
