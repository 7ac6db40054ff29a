// The page turns round while it stays, and whoever turned it finds it so wherever they sign in.
import assert from 'node:assert/strict';
import { BASE, newcomer, open, signIn, signUp } from '../browser.mjs';

export default async function ({ browser, watch, step, must }) {
  const who = newcomer();
  const { page } = await open(browser, { watch });
  const html = () => page.evaluate(() => [document.documentElement.lang, document.documentElement.dir]);
  const kept = async () => (await (await page.request.get(`${BASE}/api/v1/account`)).json()).language;
  const start = (box) => box.x;

  await must('sign up', () => signUp(page, who), page);

  await must('from English to Arabic without loading anything anew, with what was typed still there', async () => {
    await page.goto(`${BASE}/settings/services?new=true`);
    await page.getByLabel('Name in English').fill('Whitening');
    await page.evaluate(() => (window.stayed = true));
    const before = start(await page.getByRole('navigation').first().boundingBox());
    // the drawer is in the way of the mouse, as it should be: the switch is reached as a program would
    await page.getByRole('button', { name: 'العربية', includeHidden: true }).dispatchEvent('click');
    await page.getByRole('dialog', { name: 'خدمة جديدة' }).waitFor();
    assert.deepEqual(await html(), ['ar', 'rtl']);
    assert.equal(await page.evaluate(() => window.stayed), true);
    assert.equal(await page.getByLabel('الاسم بالإنجليزية').inputValue(), 'Whitening');
    assert.ok(start(await page.getByRole('navigation', { includeHidden: true }).first().boundingBox()) > before, 'the menu is on the other side');
  }, page);

  await must('it is kept in the profile', async () => {
    for (let turn = 0; turn < 20 && (await kept()) !== 'ar'; turn++) await page.waitForTimeout(100);
    assert.equal(await kept(), 'ar');
  }, page);

  await step('a reload and another machine speak Arabic from the start', async () => {
    await page.goto(`${BASE}/settings`);
    await page.getByRole('heading', { level: 1, name: 'الإعدادات' }).waitFor();
    const other = await open(browser, { watch });
    await other.page.goto(`${BASE}/sign-in`);
    await signIn(other.page, who);
    await other.page.getByRole('button', { name: 'قائمة الحساب' }).waitFor();
    assert.equal(await other.page.evaluate(() => document.documentElement.dir), 'rtl');
    await other.context.close();
  }, page);

  await step('and back, by the keyboard', async () => {
    await page.getByRole('button', { name: 'English' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
    assert.deepEqual(await html(), ['en', 'ltr']);
  }, page);
}
