// An automation and a colleague tell somebody something: the bell counts it at once, it leads to the patient, and it is read.
import assert from 'node:assert/strict';
import { get, post } from '../appointments.mjs';
import { axe, BASE, demoOwner, open, signInAtDoor, speak } from '../browser.mjs';

/** It goes through the practice that the demo comes with. */
export const inDemo = true;

export default async function ({ browser, watch, step, must }) {
  const { context, page } = await open(browser, { watch });
  const mark = Date.now().toString(36);
  const { request } = page;
  const bell = (p = page) => p.getByRole('button', { name: /^Notices/ });
  const panel = (p = page) => p.getByRole('dialog', { name: 'Notices' });
  const line = (text, p = page) => panel(p).locator('[data-notice]', { hasText: text });
  const unread = async () => (await get(request, '/notices/count')).unread;
  const fine = async (p = page) => assert.deepEqual((await axe(p)).grave, []);
  let patient;
  let workflow;
  const tell = () => post(request, `/workflows/${workflow}/runs`, { ids: [patient.id] });

  await must('an automation that tells owners about a patient', async () => {
    await signInAtDoor(page, demoOwner);
    await page.waitForURL(/\/today/);
    await post(request, '/notices/read', {});
    patient = await post(request, '/patients', { givenName: 'Nadia', familyName: `Bell-${mark}` });
    const notify = { kind: 'action', id: 'notify1', action: 'staff.notify', fields: { text: `{{ patient.fullName }} is here, ${mark}`, role: 'owner', byEmail: true } };
    const definition = { trigger: { kind: 'hand', subject: 'patient' }, steps: [notify] };
    const draft = await post(request, '/workflows', { name: `Tell ${mark}`, definition });
    await post(request, `/workflows/${draft.id}/publish`, { version: draft.version });
    workflow = draft.id;
  }, page);

  await must('the bell counts what was told without reloading', async () => {
    await bell().waitFor();
    assert.equal(await bell().getAttribute('aria-label'), 'Notices');
    await tell();
    await page.getByRole('button', { name: 'Notices: 1 unread' }).waitFor();
  }, page);

  await step('it says what happened, and leads to the patient; then it is read', async () => {
    await bell().click();
    const row = line(`Nadia Bell-${mark} is here`);
    await row.waitFor();
    assert.equal(await row.getAttribute('data-unread'), 'true');
    await fine();
    await row.getByRole('link', { name: new RegExp(`Bell-${mark}`) }).click();
    await page.waitForURL(new RegExp(patient.id));
    await panel().waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Notices', exact: true }).waitFor();
    assert.ok(!(page.url() + (await page.title())).includes(mark));
    assert.equal(await unread(), 0);
  }, page);

  await step('one by one and all at once, also on another screen', async () => {
    const other = await open(browser, { watch, storageState: await context.storageState() });
    await other.page.goto(`${BASE}/tasks?tab=open`);
    await bell(other.page).waitFor();
    await tell();
    await tell();
    await other.page.getByRole('button', { name: 'Notices: 2 unread' }).waitFor();
    await bell().click();
    await panel().locator('[data-unread]').nth(1).waitFor();
    await panel().locator('[data-unread]').first().getByRole('button', { name: 'Mark as read' }).click();
    await other.page.getByRole('button', { name: 'Notices: 1 unread' }).waitFor();
    await panel().getByRole('button', { name: 'Mark all as read' }).click();
    await other.page.getByRole('button', { name: 'Notices', exact: true }).waitFor();
    await panel().locator('[data-unread]').first().waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    await panel().waitFor({ state: 'detached' });
    await other.context.close();
  }, page);

  await step('whoever follows the mail signs in and stands before them', async () => {
    const fresh = await open(browser, { watch });
    await fresh.page.goto(`${BASE}/home#notices`);
    await fresh.page.getByLabel('Email').fill(demoOwner.email);
    await fresh.page.getByLabel('Password', { exact: true }).fill(demoOwner.password);
    await fresh.page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await line(mark, fresh.page).first().waitFor();
    await fresh.context.close();
  }, page);

  await step('on a phone in Arabic', async () => {
    await tell();
    await speak(context, 'ar');
    const small = await open(browser, { watch, lang: 'ar', phone: true, storageState: await context.storageState() });
    await small.page.goto(`${BASE}/tasks?tab=open`);
    await small.page.getByRole('button', { name: 'الإشعارات: 1 جديد' }).click();
    const row = small.page.locator('[data-notice]', { hasText: mark }).first();
    await row.waitFor();
    assert.ok(await small.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await fine(small.page);
    await small.page.getByRole('button', { name: 'تعليم الكل كمقروء' }).click();
    await small.page.getByRole('button', { name: 'تعليم الكل كمقروء' }).waitFor({ state: 'detached' });
    await small.context.close();
    await speak(context, 'en');
  }, page);
}
