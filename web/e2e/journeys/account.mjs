// One's own account: name, language, password, devices, the lock after time away.
import assert from 'node:assert/strict';
import { axe, BASE, newcomer, open, signIn, signUp } from '../browser.mjs';

export default async function ({ browser, watch, step, must }) {
  const who = newcomer();
  const { context, page } = await open(browser, { watch });
  const home = (p) => p.getByRole('heading', { level: 1, name: /Sara/ }).waitFor();
  await must('sign up', () => signUp(page, who), page);

  await step('the account menu leads to the account, by keyboard alone', async () => {
    await page.getByRole('button', { name: 'Account menu' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Your account' }).waitFor();
    assert.deepEqual((await axe(page)).slight, []);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/account$/);
  }, page);

  await step('change the name', async () => {
    await page.getByLabel('Your name').fill('Sara Al-Harbi');
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByText('Saved').waitFor();
    await page.goto(`${BASE}/`);
    await page.getByRole('heading', { level: 1, name: /Sara Al-Harbi/ }).waitFor();
  }, page);

  const arabic = await open(browser, { lang: 'en', watch });
  await step('a language chosen here is spoken on every device', async () => {
    await page.getByRole('button', { name: 'العربية' }).click();
    await page.getByRole('button', { name: 'قائمة الحساب' }).waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.dir), 'rtl');
    await arabic.page.goto(`${BASE}/sign-in`);
    await signIn(arabic.page, who);
    await arabic.page.getByRole('button', { name: 'قائمة الحساب' }).waitFor();
    await arabic.page.reload();
    await arabic.page.getByRole('button', { name: 'قائمة الحساب' }).waitFor();
  }, arabic.page);

  await step('and one chosen before signing in goes into the profile', async () => {
    const other = await open(browser, { lang: 'ar', watch });
    await other.page.goto(`${BASE}/sign-in`);
    await other.page.getByRole('button', { name: 'English' }).click();
    await signIn(other.page, who);
    await other.page.getByRole('button', { name: 'Account menu' }).waitFor();
    await other.context.close();
    await page.reload();
    await page.getByRole('button', { name: 'Account menu' }).waitFor();
  }, page);

  await step('devices: this one is marked, another is shown out', async () => {
    await page.goto(`${BASE}/account/sessions`);
    await page.getByText('This device').waitFor();
    await page.getByRole('button', { name: 'Sign out everywhere else' }).click();
    await page.getByRole('button', { name: /^Sign out on/ }).first().waitFor({ state: 'detached' });
    assert.equal(await page.getByText('This device').count(), 1);
    await arabic.page.getByRole('link', { name: 'المرضى' }).first().click();
    await arabic.page.getByRole('dialog').waitFor();
    await arabic.context.close();
  }, page);

  await step('a new password: checked, then the only one that works', async () => {
    await page.goto(`${BASE}/account/security`);
    await page.getByRole('button', { name: 'Change the password' }).click();
    await page.getByLabel('Current password').fill('certainly not right');
    await page.getByLabel('New password').fill('password123');
    await page.getByText('Easy to guess').waitFor();
    await page.getByRole('button', { name: 'Change the password' }).click();
    await page.getByText('This is not your password.').waitFor();
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-invalid') === 'true');
    await page.getByLabel('Current password').fill(who.password);
    await page.getByLabel('New password').fill('another five calm stones');
    await page.getByText('Strong', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Change the password' }).click();
    await page.getByText('Your password is changed.').waitFor();
    who.password = 'another five calm stones';
    const other = await open(browser, { watch });
    await other.page.goto(`${BASE}/sign-in`);
    await signIn(other.page, who);
    await home(other.page);
    await other.context.close();
  }, page);

  await step('the practice sets when an untouched page locks', async () => {
    await page.goto(`${BASE}/settings/security`);
    await page.getByRole('combobox', { name: 'Lock after time away' }).click();
    await page.getByRole('option', { name: '5 min', exact: true }).click();
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByText('Security settings saved').waitFor();
  }, page);

  await step('a warning, then the lock, over a form that stays', async () => {
    await page.clock.install();
    await page.goto(`${BASE}/settings/services?new=true`);
    await page.getByLabel('Name in English', { exact: true }).fill('Night guard');
    await page.getByLabel('Price', { exact: true }).fill('600');
    await page.clock.fastForward('04:10');
    const warning = page.getByRole('dialog', { name: 'Are you still there?' });
    await warning.waitFor();
    assert.deepEqual((await axe(page)).grave, []);
    await warning.getByRole('button', { name: 'Stay signed in' }).click();
    await warning.waitFor({ state: 'detached' });
    await page.clock.fastForward('04:10');
    await warning.waitFor();
    await page.clock.fastForward('01:00');
    const locked = page.getByRole('dialog', { name: 'Please sign in again' });
    await locked.getByText('Nobody was here for a while').waitFor();
    assert.deepEqual((await axe(page)).grave, []);
    await locked.getByLabel('Password', { exact: true }).fill(who.password);
    await locked.getByRole('button', { name: 'Sign in', exact: true }).click();
    await locked.waitFor({ state: 'detached' });
    assert.equal(await page.getByLabel('Price', { exact: true }).inputValue(), '600');
    await page.getByRole('button', { name: 'Add service' }).click();
    await page.locator('tbody tr').filter({ hasText: 'Night guard' }).waitFor();
  }, page);

  await step('what is locked stays locked after a reload', async () => {
    await page.clock.fastForward('04:10');
    await page.getByRole('dialog', { name: 'Are you still there?' }).waitFor();
    await page.clock.fastForward('01:00');
    const locked = page.getByRole('dialog', { name: 'Please sign in again' });
    await locked.waitFor();
    await page.reload();
    await locked.waitFor();
  }, page);

  await context.close();
}
