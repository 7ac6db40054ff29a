// What a practice keeps about its patients besides the usual: fields made, filled in, ordered, put away.
import assert from 'node:assert/strict';
import { axe, BASE, newcomer, open, signUp } from '../browser.mjs';

export default async function ({ browser, watch, step, must }) {
  const { context, page } = await open(browser, { watch });
  const field = (name) => page.getByRole('textbox', { name, exact: true });
  const dialog = page.getByRole('dialog');
  const row = (name) => page.locator('[data-row]').filter({ hasText: name });
  await must('sign up', () => signUp(page, newcomer()), page);

  await must('a field to choose from is made, required, and a column', async () => {
    await page.goto(`${BASE}/settings`);
    await page.getByRole('main').getByRole('link', { name: /Patient fields/ }).click();
    await page.getByText('No fields of your own yet').waitFor();
    await page.keyboard.press('n');
    await page.getByRole('button', { name: 'Add field' }).click();
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-invalid') === 'true');
    await field('Name').fill('Blood type');
    await field('Name in Arabic').fill('فصيلة الدم');
    await page.getByRole('combobox', { name: 'Kind' }).click();
    await page.getByRole('option', { name: 'One of a list' }).click();
    await field('Choice 1').fill('A positive');
    await field('Choice 2').fill('Zero negative');
    await page.getByRole('switch', { name: 'Required' }).check();
    await page.getByRole('switch', { name: 'Column of the list' }).check();
    assert.deepEqual((await axe(page)).grave, []);
    await page.getByRole('button', { name: 'Add field' }).click();
    await dialog.waitFor({ state: 'detached' });
    await row('Blood type').waitFor();
  }, page);

  await step('a second one is moved to the front with the arrow keys', async () => {
    await page.keyboard.press('n');
    await field('Name').fill('Shoe size');
    await page.getByRole('combobox', { name: 'Kind' }).click();
    await page.getByRole('option', { name: 'Number' }).click();
    await page.getByRole('button', { name: 'Add field' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: /^Move Shoe size/ }).focus();
    const ordered = page.waitForResponse((answer) => answer.url().endsWith('/patient-fields/order'));
    await page.keyboard.press('ArrowUp');
    assert.equal((await ordered).status(), 200);
    await page.waitForFunction(() => document.querySelector('[data-row] b')?.textContent === 'Shoe size');
  }, page);

  await step('nobody is entered without what is required; what is entered is a column', async () => {
    await page.goto(`${BASE}/patients?new=true`);
    await field('Given names').fill('Huda');
    await field('Shoe size').fill('٣٨٫٥');
    await page.getByRole('button', { name: 'Save patient' }).click();
    await page.getByText('Please fill this in').waitFor();
    await page.getByRole('combobox', { name: 'Blood type' }).click();
    await page.getByRole('option', { name: 'Zero negative' }).click();
    await page.getByRole('button', { name: 'Save patient' }).click();
    await page.getByRole('heading', { level: 1, name: 'Huda' }).waitFor();
    await page.getByText('38.5').waitFor();
    await page.goto(`${BASE}/patients`);
    await page.getByRole('columnheader', { name: 'Blood type' }).waitFor();
    await page.getByRole('cell', { name: 'Zero negative' }).waitFor();
  }, page);

  await step('a choice that is put away stays with who has it; history names the field', async () => {
    await page.goto(`${BASE}/settings/patient-fields`);
    await row('Blood type').click();
    await page.getByRole('button', { name: 'Stop offering Choice 2' }).click();
    await page.getByRole('button', { name: 'Save changes' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.goto(`${BASE}/patients`);
    await row('Huda').click();
    await page.getByRole('heading', { level: 1, name: 'Huda' }).waitFor();
    await page.keyboard.press('e');
    await page.getByRole('combobox', { name: 'Blood type' }).click();
    await page.getByRole('option', { name: 'Zero negative' }).waitFor();
    await page.getByRole('option', { name: 'A positive' }).click();
    await page.getByRole('button', { name: 'Save changes' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('tab', { name: 'Activity' }).click();
    await page.getByText('Blood type: Zero negative').waitFor();
  }, page);

  await step('an archived field is asked no more, and comes back', async () => {
    await page.goto(`${BASE}/settings/patient-fields`);
    await row('Shoe size').click();
    await page.getByRole('button', { name: 'Archive', exact: true }).click();
    await page.getByText('Shoe size was archived').waitFor();
    await page.waitForFunction(() => document.querySelectorAll('[data-row]').length === 1);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.waitForFunction(() => document.querySelectorAll('[data-row]').length === 2);
  }, page);
  await context.close();
}
