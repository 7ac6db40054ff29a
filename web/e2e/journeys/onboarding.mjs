// From nothing to a practice that can take appointments, along the steps that a new one is led through.
import assert from 'node:assert/strict';
import { axe, BASE, newcomer, open, signUpOnly } from '../browser.mjs';
import { mailedLink } from '../mail.mjs';

export default async function ({ browser, watch, step, must }) {
  const who = newcomer();
  const { page } = await open(browser, { watch });
  const began = Date.now();
  const at = (name) => page.getByRole('heading', { level: 2, name }).waitFor();
  const press = (name) => page.getByRole('button', { name, exact: true }).click();
  const block = (name) => page.getByRole('button', { name, exact: true });
  const onboarding = async () => (await page.request.get(`${BASE}/api/v1/onboarding`)).json();
  const done = async () => (await onboarding()).steps.filter((one) => one.done).map((one) => one.key);

  await must('signing up leads to the first step', async () => {
    await signUpOnly(page, who);
    await at('Where do patients find you?');
    await page.waitForURL(/\/welcome\?step=profile/);
    assert.deepEqual((await axe(page)).grave, []);
  }, page);

  await must('an address and a telephone number, without which the step can only be put off', async () => {
    await press('Save and continue');
    await page.getByText('Please fill this in').first().waitFor();
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-invalid') === 'true');
    await page.getByLabel('Phone', { exact: true }).fill('011 234 5678');
    await page.getByLabel('Street and building').fill('Olaya Street 12');
    await page.getByLabel('City').fill('Riyadh');
    await press('Save and continue');
    await at('When are you open?');
    assert.deepEqual(await done(), ['profile']);
  }, page);

  await must('hours drawn with the mouse', async () => {
    const sunday = page.locator('[data-track]').first();
    const { x, y, width, height } = await sunday.boundingBox();
    const hour = (n) => y + (n * height) / 24;
    await page.mouse.move(x + width / 2, hour(9) + 2);
    await page.mouse.down();
    await page.mouse.move(x + width / 2, hour(10), { steps: 4 });
    await page.mouse.move(x + width / 2, hour(12), { steps: 4 });
    await page.mouse.up();
    await block('Sunday, 09:00 – 12:00').waitFor();
  }, page);

  await must('and with the keyboard alone: added, made longer, typed, copied, undone', async () => {
    await page.getByRole('button', { name: 'Add hours on Monday' }).focus();
    await page.keyboard.press('Enter');
    await block('Monday, 09:00 – 17:00').waitFor();
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label')?.startsWith('Monday'));
    await page.keyboard.press('ArrowRight');
    await block('Tuesday, 09:00 – 17:00').waitFor();
    await page.keyboard.press('ArrowLeft');
    await block('Monday, 09:00 – 17:00').waitFor();
    await page.keyboard.press('Enter');
    await page.getByLabel('To', { exact: true }).fill('20:30');
    await page.keyboard.press('Enter');
    await block('Monday, 09:00 – 20:30').waitFor();
    await page.keyboard.press('Delete');
    await block('Monday, 09:00 – 20:30').waitFor({ state: 'detached' });
    await page.keyboard.press('Control+z');
    await block('Monday, 09:00 – 20:30').waitFor();
  }, page);

  await step('leaving with unsaved hours is asked about', async () => {
    await page.getByRole('link', { name: 'Home' }).click();
    await press('Keep editing');
    assert.match(page.url(), /step=hours/);
  }, page);

  await must('saved from the keyboard', async () => {
    await page.getByRole('button', { name: 'Save and continue' }).focus();
    await page.keyboard.press('Enter');
    await at('What do you offer?');
    const { week } = await (await page.request.get(`${BASE}/api/v1/hours?owner=practice`)).json();
    const open = week.flatMap(({ weekday, intervals }) => intervals.map(({ from, to }) => `${weekday} ${from}-${to}`)).sort();
    assert.deepEqual(open, ['1 09:00-20:30', '7 09:00-12:00']);
  }, page);

  await must('the first service: from an example, with a price', async () => {
    await press('Check-up');
    assert.equal(await page.getByLabel('Name in English').inputValue(), 'Check-up');
    await page.waitForFunction(() => document.activeElement?.getAttribute('inputmode') === 'decimal');
    await page.keyboard.type('150');
    await page.keyboard.press('Enter');
    await page.getByRole('list', { name: 'Services' }).getByText('Check-up').waitFor();
    await press('Continue');
    await at('Who works with you?');
  }, page);

  await must('somebody is invited, and gets a link that opens', async () => {
    const email = `omar.${who.slug}@example.com`;
    await press('Send invitation');
    await page.getByText('Please fill this in').waitFor();
    await page.getByLabel('Email').fill(email);
    await page.getByLabel('Name (optional)').fill('Omar Nasser');
    await press('Send invitation');
    await page.getByRole('list', { name: 'Invitations' }).getByText(email).waitFor();
    const link = await mailedLink(email, '/invite');
    const theirs = await open(browser, { watch });
    await theirs.page.goto(link);
    await theirs.page.getByText(who.practice).first().waitFor();
    await theirs.context.close();
  }, page);

  await step('what was begun goes on elsewhere where it was left', async () => {
    await page.goto(BASE);
    await page.getByText('4 of 5 steps done').waitFor();
    await page.getByRole('link', { name: 'Continue setting up' }).click();
    await at('How well should it be locked?');
  }, page);

  await must('a step is put off, and comes up once more at the end', async () => {
    await press('Skip for now');
    await at('Nearly there');
    assert.deepEqual((await axe(page)).grave, []);
    await page.getByRole('main').getByRole('link', { name: /Rules for everybody/ }).click();
    await at('How well should it be locked?');
    await page.getByLabel('Everybody', { exact: true }).check();
    await press('Save and continue');
    await at('Your practice is ready');
    const { requireSecondFactor } = await (await page.request.get(`${BASE}/api/v1/security`)).json();
    assert.equal(requireSecondFactor, 'everybody');
  }, page);

  await step('finished: Home says no more of it, and all of it took less than ten minutes', async () => {
    await press('Finish setting up');
    await page.getByRole('heading', { level: 1, name: /Sara/ }).waitFor();
    await page.getByRole('link', { name: 'Home' }).click();
    await page.getByRole('heading', { name: 'Where to go' }).waitFor();
    assert.equal(await page.getByRole('heading', { name: /Finish setting up|is ready/ }).count(), 0);
    assert.deepEqual(await done(), ['profile', 'hours', 'service', 'staff', 'security']);
    assert.ok((await onboarding()).finishedAt);
    assert.ok(Date.now() - began < 10 * 60_000);
  }, page);
}
