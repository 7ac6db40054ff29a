// Whom the practice calls about something: a call workflow and its fields, cases entered, found, changed, linked and
// called, a file taken in and out, on two screens, and on a phone in Arabic.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { axe, BASE, newcomer, open, signUp } from '../browser.mjs';
import { send } from '../cases.mjs';

const FILE = `Patient;Phone;Colour
Huda Saleh;0511146215;red
;0511146216;blue
Omar Nasser;12;green
`;

export default async function ({ browser, watch, step, must }) {
  const { context, page } = await open(browser, { watch });
  const { request } = page;
  const dialog = (name) => page.getByRole('dialog', { name });
  const box = (where, name) => where.getByRole('textbox', { name, exact: true });
  const row = (p, text) => p.locator('[data-row]').filter({ hasText: text });
  const line = (key) => page.locator(`[data-field=${key}]`);
  const fine = async (p = page) => assert.deepEqual((await axe(p)).grave, []);
  const answered = (method, end) => page.waitForResponse((answer) => answer.request().method() === method && new URL(answer.url()).pathname.endsWith(end));
  const place = (name) => page.getByRole('navigation', { name: 'Pages of this call workflow' }).getByRole('link', { name, exact: true });

  await must('sign up', () => signUp(page, newcomer()), page);

  await must('a practice that calls about nothing is told what to do, and adds what it calls about', async () => {
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Calls', exact: true }).click();
    await page.getByText('You call about nothing yet').waitFor();
    await fine();
    await page.getByRole('button', { name: 'New call workflow' }).click();
    const form = dialog('New call workflow');
    await form.getByRole('button', { name: 'Add call workflow' }).click();
    await form.getByText('Please fill this in').first().waitFor();
    await box(form, 'Name').fill('Prior authorisations');
    await box(form, 'Name in Arabic').fill('الموافقات المسبقة');
    assert.equal(await box(form, 'Name of its folder').inputValue(), 'prior_authorisations');
    await fine();
    await form.getByRole('button', { name: 'Add call workflow' }).click();
    await page.getByRole('heading', { level: 1, name: 'Prior authorisations' }).waitFor();
    await page.waitForURL(/\/cases\/settings\?workflow=prior_authorisations/);
  }, page);

  await must('fields are added and moved with the arrow keys, and saving says first what changes', async () => {
    const add = async (name, fill) => {
      await page.getByRole('button', { name: 'Add field' }).click();
      const form = dialog('New field');
      await box(form, 'Name').fill(name);
      await fill?.(form);
      await form.getByRole('button', { name: 'Add to the list' }).click();
      await form.waitFor({ state: 'detached' });
    };
    await add('Decision', async (form) => {
      await form.getByRole('combobox', { name: 'Kind' }).click();
      await page.getByRole('option', { name: 'Choice', exact: true }).click();
      await form.getByRole('button', { name: 'Add to the list' }).click();
      await form.locator('[aria-invalid=true]').first().waitFor();
      await box(form, 'Choice 1').fill('Approved');
      await box(form, 'Choice 1 in Arabic').fill('مقبول');
      await box(form, 'Choice 2').fill('Denied');
      await form.getByRole('switch', { name: 'Column of the list' }).check();
      await fine();
    });
    await add('Member number', (form) => form.getByRole('switch', { name: 'Sensitive' }).check());
    await page.getByRole('button', { name: /^Move Decision/ }).focus();
    await page.keyboard.press('Home');
    await page.waitForFunction(() => document.querySelector('[data-row] b')?.textContent === 'Decision');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.getByRole('button', { name: 'Save changes' }).click();
    const asked = dialog('Save these changes?');
    await asked.getByText(/Decision.? is new/).waitFor();
    await asked.getByText(/Member number.? is new/).waitFor();
    await fine();
    const saved = answered('PATCH', '');
    await asked.getByRole('button', { name: 'Save changes' }).click();
    assert.equal((await saved).status(), 200);
    await page.getByText('Changes saved').waitFor();
    await page.getByRole('button', { name: 'Earlier versions' }).click();
    await dialog('Earlier versions').getByText('Version 2 · in use').waitFor();
    await fine();
    await page.keyboard.press('Escape');
  }, page);

  const other = await open(browser, { watch, storageState: await context.storageState() });
  await other.page.goto(`${BASE}/cases`);
  await other.page.getByText('There are no cases yet').waitFor();

  await must('n: a case is entered by what the fields say, and what is wrong stands beside its field', async () => {
    await place('Cases').click();
    await page.getByText('There are no cases yet').waitFor();
    await page.keyboard.press('n');
    const form = dialog('New case');
    await form.getByRole('button', { name: 'Save case' }).click();
    assert.equal(await form.getByText('Please fill this in').count(), 2);
    await fine();
    await box(form, 'Patient').fill('Ana Diaz');
    await box(form, 'Phone').fill('12');
    await box(form, 'Member number').fill('47291');
    await form.getByRole('button', { name: 'Save case' }).click();
    await form.getByText('Write a phone number as').waitFor();
    await box(form, 'Phone').fill('0112345678');
    await form.getByRole('button', { name: 'Save case' }).click();
    await page.getByRole('heading', { level: 1, name: 'Ana Diaz' }).waitFor();
    assert.ok(!(page.url() + (await page.title())).includes('Ana'), page.url());
    await fine();
  }, page);

  await step('the second screen has it without reloading', () => row(other.page, 'Ana Diaz').waitFor(), other.page);

  await step('a field is changed where it stands; what is sensitive is hidden until somebody asks', async () => {
    await line('decision').click();
    await page.getByRole('combobox', { name: 'Decision' }).click();
    await page.getByRole('option', { name: 'Approved' }).click();
    const saved = answered('PATCH', '');
    await page.getByRole('button', { name: 'Save Decision' }).click();
    assert.equal((await saved).status(), 200);
    await line('decision').getByText('Approved').waitFor();
    await line('phone').click();
    await page.locator('dd input').fill('1');
    await page.keyboard.press('Enter');
    await page.locator('dd').getByText('Write a phone number as').waitFor();
    await page.keyboard.press('Escape');
    await line('phone').getByText('+966 11 234 5678').or(line('phone').getByText('+966 112 345 678')).waitFor();
    assert.ok(!(await page.locator('main').innerText()).includes('47291'));
    await page.getByRole('button', { name: 'Show sensitive' }).click();
    await line('member_number').getByText('47291').waitFor();
    await page.getByRole('button', { name: 'Hide sensitive' }).click();
    await line('member_number').getByText('47291').waitFor({ state: 'detached' });
    await fine();
  }, page);

  await step('a patient is linked by search, opened, and taken away again', async () => {
    await send(request, 'post', '/patients', { givenName: 'Ana', familyName: 'Diaz' });
    await page.getByRole('button', { name: 'Link a patient' }).click();
    const pick = page.getByRole('combobox', { name: 'Link a patient' }).or(page.getByRole('textbox', { name: 'Link a patient' })).first();
    await pick.fill('Diaz');
    await page.getByRole('option', { name: /Ana Diaz/ }).click();
    await page.getByRole('link', { name: 'Ana Diaz' }).click();
    await page.waitForURL(/\/patients\//);
    await page.goBack();
    await page.getByRole('button', { name: 'Unlink' }).click();
    await page.getByText('The patient is no longer linked').waitFor();
    await page.getByText('Not linked with a patient.').waitFor();
  }, page);

  await step('cases are found by words and digits, narrowed down and sorted; what was typed is in no address', async () => {
    const { items } = await (await request.get(`${BASE}/api/v1/call-workflows`)).json();
    for (const [i, patient_name] of ['Omar Haddad', 'سارة القحطاني', 'Lina Farouk'].entries()) {
      await send(request, 'post', '/cases', { callWorkflowId: items[0].id, patientId: null, fields: { patient_name, phone: `+96650123456${i}` } });
    }
    await page.goto(`${BASE}/cases`);
    await row(page, 'Lina Farouk').waitFor();
    const search = page.getByRole('textbox', { name: 'Search by words, names or phone' });
    await search.fill('haddad');
    await row(page, 'Omar Haddad').waitFor();
    await row(page, 'Lina Farouk').waitFor({ state: 'detached' });
    assert.ok(!page.url().includes('haddad'), page.url());
    await search.fill('القحط');
    await row(page, 'سارة القحطاني').waitFor();
    await search.fill('zzzz');
    await page.getByText('No case fits').waitFor();
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await page.getByRole('button', { name: 'Add condition' }).click();
    await page.getByRole('combobox', { name: 'Field of condition 1' }).click();
    await page.getByRole('option', { name: 'Decision' }).click();
    await page.getByRole('combobox', { name: 'Value of condition 1' }).or(page.getByRole('textbox', { name: 'Value of condition 1' })).first().click();
    await page.getByRole('option', { name: 'Approved' }).click();
    await page.getByRole('button', { name: 'Show cases' }).click();
    await row(page, 'Lina Farouk').waitFor({ state: 'detached' });
    await row(page, 'Ana Diaz').waitFor();
    await page.getByRole('tab', { name: 'Completed', exact: true }).click();
    await page.getByText('No case fits').waitFor();
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.getByRole('tab', { name: 'All', exact: true }).click();
    await page.getByRole('button', { name: 'Patient', exact: true }).click();
    await page.waitForFunction(() => document.querySelector('[data-row]')?.textContent === 'Ana Diaz');
    await fine();
  }, page);

  await step('several are called at once, and who is not is told why', async () => {
    await page.getByRole('checkbox', { name: 'Choose Ana Diaz' }).click();
    await page.getByRole('checkbox', { name: 'Choose Lina Farouk' }).click();
    await page.getByRole('button', { name: 'Call 2 cases' }).click();
    const asked = dialog('Call 2 cases?');
    await fine();
    await asked.getByRole('button', { name: 'Call 2 cases' }).click();
    await page.getByRole('dialog').getByText('2 cases are not called:').waitFor();
    await page.getByText('There is no conversation for this yet').waitFor();
    await fine();
    await page.getByRole('button', { name: 'Done' }).click();
  }, page);

  await step('a file is tried, says what is wrong with each row, and what is right is entered', async () => {
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Import from a file' }).click();
    await page.locator('input[type=file]').setInputFiles({ name: 'cases.csv', mimeType: 'text/csv', buffer: Buffer.from(FILE) });
    await page.getByRole('tab', { name: /With mistakes 2/ }).waitFor();
    assert.equal(await page.getByRole('combobox', { name: 'Phone is' }).inputValue(), 'Phone');
    assert.equal(await page.getByRole('combobox', { name: 'Colour is' }).inputValue(), '');
    await fine();
    await page.getByRole('button', { name: 'Enter 1 case' }).click();
    await page.getByRole('tab', { name: /Entered 1/ }).waitFor();
    await page.getByRole('button', { name: 'Done' }).click();
    await row(page, 'Huda Saleh').waitFor();
  }, page);

  await step('the list is saved as a file, and a deleted case comes back', async () => {
    await page.getByRole('button', { name: 'More', exact: true }).click();
    const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: 'Save as CSV', exact: true }).click()]);
    const text = fs.readFileSync(await saved.path(), 'utf8');
    assert.ok(text.includes('Ana Diaz') && !text.includes('47291'), text);
    await row(page, 'Omar Haddad').click();
    await page.getByRole('button', { name: 'Actions for the case' }).click();
    await page.getByRole('menuitem', { name: 'Delete case' }).click();
    await row(page, 'Lina Farouk').waitFor();
    await row(page, 'Omar Haddad').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await row(page, 'Omar Haddad').waitFor();
  }, page);

  await step('the conversation says that there is none, and where its files belong', async () => {
    await place('Conversation').click();
    await page.getByText('There is no conversation yet').waitFor();
    await page.getByText('/prior_authorisations/flow.yaml').waitFor();
    await fine();
  }, page);

  await step('on a phone in Arabic: a case is entered and changed', async () => {
    const phone = await open(browser, { phone: true, lang: 'ar', watch, storageState: await context.storageState() });
    await phone.page.goto(`${BASE}/cases`);
    await phone.page.getByRole('heading', { level: 1, name: 'الموافقات المسبقة' }).waitFor();
    await phone.page.getByRole('button', { name: 'حالة جديدة' }).click();
    const form = phone.page.getByRole('dialog', { name: 'حالة جديدة' });
    await box(form, 'المريض').fill('هدى');
    await box(form, 'الهاتف').fill('٠٥٠١٢٣٤٥٦٧');
    await fine(phone.page);
    await form.getByRole('button', { name: 'حفظ الحالة' }).click();
    await phone.page.getByRole('heading', { level: 1, name: 'هدى' }).waitFor();
    await phone.page.locator('[data-field=decision]').click();
    await phone.page.getByRole('combobox', { name: 'Decision' }).or(phone.page.getByRole('textbox', { name: 'Decision' })).first().click();
    await phone.page.getByRole('option', { name: 'مقبول' }).click();
    await phone.page.getByRole('button', { name: 'حفظ Decision' }).click();
    await phone.page.locator('[data-field=decision]').getByText('مقبول').waitFor();
    await fine(phone.page);
    await phone.context.close();
  });

  await other.context.close();
  await context.close();
}
