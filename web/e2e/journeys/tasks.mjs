// What is not to be forgotten: entered by keyboard, seen on the second screen, checked off and taken back, on the record and on Today.
import assert from 'node:assert/strict';
import { get, post } from '../appointments.mjs';
import { axe, BASE, demoOther, demoOwner, open, signInAtDoor } from '../browser.mjs';

/** It goes through the practice that the demo comes with. */
export const inDemo = true;

export default async function ({ browser, watch, step, must }) {
  const { context, page } = await open(browser, { watch });
  const mark = Date.now().toString(36);
  const family = `Todo-${mark}`;
  const title = `Call the laboratory ${mark}`;
  const { request } = page;
  const fine = async (p = page) => assert.deepEqual((await axe(p)).grave, []);
  const dialog = (name) => page.getByRole('dialog', { name });
  const row = (p, text) => p.locator('[data-row]', { hasText: text });
  const check = (p, text) => p.getByRole('checkbox', { name: `Done: ${text}` });
  const choose = async (where, label, option) => {
    await where.getByRole('combobox', { name: label, exact: true }).or(where.getByRole('textbox', { name: label, exact: true })).first().click();
    await page.getByRole('option', { name: option, exact: true }).click();
  };
  const count = async (tab) => Number((await page.getByRole('tab', { name: new RegExp(`^${tab}`) }).locator('span span').last().textContent()) ?? '0');
  const nameNowhere = async () => assert.ok(!(page.url() + (await page.title())).includes(mark), page.url());
  const empty = { text: null, patientId: null, assignee: null, dueOn: null, dueTime: null, priority: 'normal' };
  let patient;
  let today;

  await must('sign in, with a patient', async () => {
    await signInAtDoor(page, demoOwner);
    await page.waitForURL(/\/today/);
    patient = await post(request, '/patients', { givenName: 'Nadia', familyName: family });
    today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Riyadh' }).format(new Date());
  }, page);

  const other = await open(browser, { watch, storageState: await context.storageState() });
  await other.page.goto(`${BASE}/tasks?tab=open`);
  await other.page.locator('[data-row]').first().waitFor();

  await must('n: a task is entered for a role, with a patient, a day and a time as people type it', async () => {
    await page.goto(`${BASE}/tasks?tab=open`);
    await page.locator('[data-row]').first().waitFor();
    await page.keyboard.press('n');
    const form = dialog('New task');
    await form.getByRole('button', { name: 'Add task' }).click();
    await form.getByText('This field is required', { exact: false }).or(form.locator('[aria-invalid=true]')).first().waitFor();
    await form.getByLabel('What is to be done').fill(title);
    await form.getByLabel('Details').fill('Before the fitting');
    await choose(form, 'Assigned to', 'Receptionist');
    await form.getByLabel('Due on').fill(today);
    await form.getByLabel('At', { exact: true }).fill('11 pm');
    await form.getByRole('checkbox', { name: 'High priority' }).check();
    await form.getByLabel('Patient', { exact: true }).fill(family);
    await page.getByRole('option', { name: new RegExp(family) }).click();
    await fine();
    await form.getByRole('button', { name: 'Add task' }).click();
    await form.waitFor({ state: 'detached' });
    await row(page, title).getByText(`Nadia ${family}`).waitFor();
    await row(page, title).getByText(/Today, (11:00|23:00)/).waitFor();
    await nameNowhere();
    await fine();
  }, page);

  await step('the second screen has it without reloading', () => row(other.page, title).waitFor(), other.page);

  await step('by keyboard: x checks it off, u takes that back', async () => {
    await page.locator('[data-row]').first().focus();
    while (!(await page.evaluate((text) => document.activeElement?.textContent?.includes(text), title))) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('x');
    await page.getByText('Task done', { exact: true }).waitFor();
    await row(page, title).waitFor({ state: 'detached' });
    await row(other.page, title).waitFor({ state: 'detached' });
    await page.keyboard.press('u');
    await row(page, title).waitFor();
  }, page);

  await step('checked off in the list, it is among what is done, and the numbers follow', async () => {
    const [before, done] = [await count('All open'), await count('Done')];
    await check(page, title).click();
    await row(page, title).waitFor({ state: 'detached' });
    await page.waitForFunction(([open, all]) => {
      const [, first, , last] = [...document.querySelectorAll('[role=tab]')].map((tab) => Number(tab.querySelector('span span:last-child, span')?.textContent?.match(/\d+$/)?.[0]));
      return first === open - 1 && last === all + 1;
    }, [before, done]);
    await page.getByRole('tab', { name: /^Done/ }).click();
    await row(page, title).waitFor();
    assert.equal(await check(page, title).getAttribute('aria-checked'), 'true');
    await fine();
    await check(page, title).click();
    await page.getByText('Task is open again').waitFor();
  }, page);

  await step('whose: nobody’s, a role’s', async () => {
    await post(request, '/tasks', { ...empty, title: `Nobody’s ${mark}` });
    await page.goto(`${BASE}/tasks?tab=open`);
    await choose(page.locator('main'), 'Assigned to', 'Nobody');
    await row(page, `Nobody’s ${mark}`).waitFor();
    await row(page, title).waitFor({ state: 'detached' });
    await choose(page.locator('main'), 'Assigned to', 'Receptionist');
    await row(page, title).waitFor();
    await row(page, `Nobody’s ${mark}`).waitFor({ state: 'detached' });
  }, page);

  await step('two change the same task: the second is told what stands there now', async () => {
    await row(page, title).click();
    const form = dialog('Task');
    await form.getByLabel('Details').fill('Mine');
    const { items } = await get(request, `/tasks?patientId=${patient.id}`);
    const answer = await request.patch(`${BASE}/api/v1/tasks/${items[0].id}`, { headers: { Origin: BASE }, data: { version: items[0].version, title: `${title} today` } });
    assert.ok(answer.ok(), await answer.text());
    const conflict = form.getByRole('alert').filter({ hasText: 'What is to be done' });
    await conflict.waitFor();
    await conflict.getByRole('button').first().click();
    await form.getByRole('button', { name: 'Save changes' }).click();
    await form.waitFor({ state: 'detached' });
    const now = (await get(request, `/tasks?patientId=${patient.id}`)).items[0];
    assert.deepEqual([now.title, now.text], [`${title} today`, 'Mine']);
  }, page);

  await step('the patient’s record has it, takes another one, and tells what happened', async () => {
    await page.goto(`${BASE}/patients/${patient.id}`);
    const card = page.locator('section', { has: page.getByRole('heading', { name: 'Tasks' }) });
    await row(card, `${title} today`).waitFor();
    await card.getByRole('button', { name: 'Add task' }).click();
    const form = dialog('New task');
    await form.getByLabel('What is to be done').fill(`Send the X-ray ${mark}`);
    await choose(form, 'Assigned to', /\(me\)$/);
    await form.getByLabel('Due on').fill(today);
    await form.getByRole('button', { name: 'Add task' }).click();
    await row(card, `Send the X-ray ${mark}`).waitFor();
    await fine();
    await page.goto(`${BASE}/patients/${patient.id}?tab=activity`);
    await page.getByRole('button', { name: 'Tasks', exact: true }).click();
    await page.getByText('added a task').first().waitFor();
    await page.getByText('completed a task').first().waitFor();
    await page.getByText(`Send the X-ray ${mark}`).waitFor();
    await fine();
  }, page);

  await step('Today shows what is mine and due, to be checked off there', async () => {
    await page.goto(`${BASE}/today`);
    const list = page.locator('section', { has: page.getByRole('heading', { name: 'My tasks' }) });
    const more = list.getByRole('button', { name: /^Show/ });
    await list.locator('[data-row]').first().waitFor();
    if (await more.count()) await more.click();
    await check(list, `Send the X-ray ${mark}`).click();
    await row(list, `Send the X-ray ${mark}`).waitFor({ state: 'detached' });
    await fine();
  }, page);

  await step('the palette makes a task; a deleted one comes back', async () => {
    await page.keyboard.press('Control+k');
    await page.getByRole('textbox', { name: 'Search patients, pages and actions' }).fill('New task');
    await page.locator('[data-action]', { hasText: 'New task' }).click();
    const form = dialog('New task');
    await form.getByLabel('What is to be done').fill(`Passing ${mark}`);
    await choose(form, 'Assigned to', /\(me\)$/);
    await form.getByRole('button', { name: 'Add task' }).click();
    await row(page, `Passing ${mark}`).click();
    await dialog('Task').getByRole('button', { name: 'Delete' }).click();
    await row(page, `Passing ${mark}`).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await row(page, `Passing ${mark}`).waitFor();
  }, page);

  await step('who may not see patients sees the task without them', async () => {
    const accounts = await open(browser, { watch });
    await signInAtDoor(accounts.page, { ...demoOwner, email: 'accounts@alpha.example' });
    await accounts.page.goto(`${BASE}/tasks?tab=open`);
    await row(accounts.page, `${title} today`).waitFor();
    assert.ok(!(await accounts.page.content()).includes(family));
    await row(accounts.page, `${title} today`).click();
    await accounts.page.getByRole('dialog').getByLabel('Details').fill('Seen by the books');
    await accounts.page.getByRole('button', { name: 'Save changes' }).click();
    await accounts.page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.equal((await get(request, `/tasks?patientId=${patient.id}`)).items[0].text, 'Seen by the books');
    await accounts.context.close();
  }, page);

  await step('on a phone in Arabic: a task is entered and checked off', async () => {
    // at the door it is English, and inside it speaks as its person does
    const phone = await open(browser, { phone: true, watch });
    await signInAtDoor(phone.page, demoOther);
    await phone.page.goto(`${BASE}/tasks`);
    await phone.page.getByRole('button', { name: 'مهمة جديدة' }).first().click();
    const form = phone.page.getByRole('dialog', { name: 'مهمة جديدة' });
    await form.getByLabel('المطلوب').fill(`اتصال ${mark}`);
    await form.getByRole('combobox', { name: 'مسندة إلى' }).or(form.getByRole('textbox', { name: 'مسندة إلى' })).first().click();
    await phone.page.getByRole('option', { name: /\(أنا\)$/ }).click();
    await form.getByRole('button', { name: 'إضافة المهمة' }).click();
    await row(phone.page, `اتصال ${mark}`).waitFor();
    await fine(phone.page);
    await phone.page.getByRole('checkbox', { name: `منجزة: اتصال ${mark}` }).click();
    await row(phone.page, `اتصال ${mark}`).waitFor({ state: 'detached' });
    await phone.context.close();
  });

  await other.context.close();
  await context.close();
}
