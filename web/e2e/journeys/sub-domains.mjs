// Two practices of the demo at their own addresses, side by side in one browser: each with its own sign-in.
import assert from 'node:assert/strict';
import { axe, BASE, open, signIn } from '../browser.mjs';

const PASSWORD = 'vantage-demo-2026';
const at = (slug) => BASE.replace('//', `//${slug}.`);

/** It goes through the practice that the demo comes with. */
export const inDemo = true;

export default async function ({ browser, watch, step, must }) {
  const { context, page } = await open(browser, { watch });
  const other = await context.newPage();
  other.setDefaultTimeout(20_000);

  await must('each sign-in page says whose it is', async () => {
    await page.goto(at('alpha'));
    await page.getByText('Welcome back to Alpha Dental Center.').waitFor();
    assert.equal(await page.getByRole('link', { name: 'Set up a practice' }).count(), 0);
    assert.deepEqual((await axe(page)).grave, []);
    await other.goto(at('beta'));
    await other.getByText('عيادة بيتا للأسنان').first().waitFor();
  }, page);

  await step('who belongs to one is no stranger’s guest at the other', async () => {
    await signIn(other, { email: 'owner@alpha.example', password: PASSWORD });
    await other.getByRole('alert').waitFor();
  }, other);

  await step('two people signed in at once, each in their own language', async () => {
    await signIn(page, { email: 'owner@alpha.example', password: PASSWORD });
    await page.getByRole('heading', { level: 1, name: /Sara/ }).waitFor();
    await signIn(other, { email: 'owner@beta.example', password: PASSWORD });
    await other.getByRole('heading', { level: 1, name: /خالد/ }).waitFor();
    // the words of a language come after the language is known
    await other.locator('html[dir=rtl]').waitFor();
    await page.reload();
    await page.getByRole('heading', { level: 1, name: /Sara/ }).waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.dir), 'ltr');
  }, page);

  await step('one leaves, the other stays', async () => {
    await page.getByRole('button', { name: 'Account menu' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.waitForURL(/\/sign-in/);
    await other.reload();
    await other.getByRole('heading', { level: 1, name: /خالد/ }).waitFor();
    const hosts = (await context.cookies()).filter((cookie) => cookie.name.includes('refresh')).map((cookie) => cookie.domain);
    assert.deepEqual(hosts, ['beta.localhost']);
  }, other);

  await context.close();
}
