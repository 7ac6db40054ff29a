// Calls, in both languages: a written one is opened and played to its end, watched and taken over from a second window, what it
// found out goes into its case, and what nobody has looked at is worked off by keys.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { get, post } from '../appointments.mjs';
import { axe, BASE, demoOwner, open, speak } from '../browser.mjs';

/** It goes through the practice that the demo comes with. */
export const inDemo = true;

const catalog = (lang) => Object.assign({}, ...['calls', 'voice'].map((part) => JSON.parse(fs.readFileSync(new URL(`../../src/shared/i18n/${part}.${lang}.json`, import.meta.url), 'utf8'))));
const FOUND = { key: 'denial_reason', label: { en: 'Why it was denied', ar: 'سبب الرفض' }, type: 'text', required: false, displayInList: false, displayOrder: 90, sensitive: false };

export default async function (tools) {
  for (const lang of ['en', 'ar']) {
    const mine = await open(tools.browser, { lang, watch: tools.watch });
    const second = await open(tools.browser, { lang, watch: tools.watch });
    try {
      await walk(lang, mine, second, tools);
    } finally {
      await speak(mine.context, 'en');
      await mine.context.close();
      await second.context.close();
    }
  }
}

async function walk(lang, { context, page }, { context: elsewhere, page: watcher }, { step, must }) {
  const { request } = page;
  const words = catalog(lang);
  const t = (id) => words[id];
  const mark = `${Date.now().toString(36)}${lang}`;
  const fine = async (of) => assert.deepEqual((await axe(of)).grave, []);
  const button = (of, id) => of.getByRole('button', { name: t(id), exact: true });
  const lines = (of, who) => of.locator(`[data-seq][data-who=${who}]`);
  const say = async (text) => {
    await page.getByRole('textbox', { name: t('calls.say.caller') }).fill(text);
    await button(page, 'calls.say.send').click();
    await lines(page, 'caller').filter({ hasText: text }).waitFor();
  };
  const answered = (text) => lines(page, 'agent').filter({ hasText: text }).last().waitFor();
  let caseId;
  let call;

  await must(`${lang}: somebody to call about`, async () => {
    for (const one of [context, elsewhere]) await one.request.post(`${BASE}/api/v1/auth/login`, { headers: { Origin: BASE }, data: demoOwner });
    await speak(context, lang);
    const about = (await get(request, '/call-workflows')).items.find(({ slug }) => slug === 'prior_auth');
    if (!about.fields.some(({ key }) => key === FOUND.key)) {
      const changed = await request.patch(`${BASE}/api/v1/call-workflows/${about.id}`, { headers: { Origin: BASE }, data: { version: about.version, fields: [...about.fields, FOUND] } });
      assert.ok(changed.ok(), await changed.text());
    }
    const patient = await post(request, '/patients', { givenName: 'Rana', familyName: `Call-${mark}` });
    const fields = { patient_name: `Rana Call-${mark}`, date_of_birth: '1985-03-12', insurance_member_id: 'ZX47291', insurance_company_name: 'Acme Health', insurance_phone: '+15550109999', provider_npi: '1234567893', cpt_code: 'D2740' };
    caseId = (await post(request, '/cases', { callWorkflowId: about.id, patientId: patient.id, fields })).id;
  }, page);

  await must(`${lang}: a written one begins from the page of the case`, async () => {
    await page.goto(`${BASE}/cases/${caseId}`);
    await button(page, 'cases.callBy.text').click();
    await page.waitForURL(/\/talk$/);
    call = new URL(page.url()).pathname.split('/').at(-2);
    assert.ok(!(page.url() + (await page.title())).includes(mark), page.url());
    await page.getByText(t('calls.phase.open'), { exact: true }).waitFor();
    await say('Hello, this is Tom.');
    await answered('What is its status?');
    await fine(page);
  }, page);

  await must(`${lang}: somebody watches it elsewhere, takes it over, speaks and gives it back`, async () => {
    await watcher.goto(`${BASE}/calls?call=${call}`);
    await lines(watcher, 'agent').filter({ hasText: 'What is its status?' }).waitFor();
    await fine(watcher);
    await button(watcher, 'calls.takeOver').click();
    await watcher.getByRole('textbox', { name: t('calls.say.staff') }).fill('This is Sara of the practice, one moment.');
    await button(watcher, 'calls.say.send').click();
    await lines(page, 'staff').filter({ hasText: 'This is Sara of the practice' }).waitFor();
    await page.getByText(t('calls.taken'), { exact: true }).waitFor();
    await fine(watcher);
    await button(watcher, 'calls.release').click();
    await page.getByText(t('calls.taken'), { exact: true }).waitFor({ state: 'detached' });
  }, watcher);

  await must(`${lang}: it is played to its end, and what came of it stands there`, async () => {
    await say('This authorization was denied.');
    await answered('What was the reason for the denial?');
    await lines(watcher, 'caller').filter({ hasText: 'was denied' }).waitFor();
    await say('The reason was that the X-rays are missing.');
    await answered('reference number');
    await say('There is no reference number.');
    await page.locator('[data-ended]').waitFor();
    await page.locator('[data-finding=prior_auth_status][data-state=accepted]').waitFor();
    await fine(page);
  }, page);

  await must(`${lang}: what its flow does not write by itself is accepted, with the words it was heard in`, async () => {
    await page.getByRole('link', { name: t('calls.open') }).click();
    await page.waitForURL(new RegExp(`/calls/${call}$`));
    const finding = page.locator(`[data-finding=${FOUND.key}]`);
    await finding.getByRole('button').first().click();
    await page.locator('[data-marked]').filter({ hasText: 'X-rays' }).waitFor();
    await finding.getByRole('button', { name: t('calls.findings.acceptOne').replace('{{field}}', FOUND.label[lang]) }).click();
    await page.locator(`[data-finding=${FOUND.key}][data-state=accepted]`).waitFor();
    await button(page, 'calls.unseen').waitFor();
    await fine(page);
    const { fields } = await get(request, `/cases/${caseId}`);
    assert.equal(fields.prior_auth_status, 'Denied');
    assert.match(fields.denial_reason, /X-rays are missing/);
  }, page);

  await must(`${lang}: one that broke off is looked at with the keys`, async () => {
    const { id } = await post(request, '/calls', { caseId, transport: 'text' });
    await page.goto(`${BASE}/calls`);
    await page.locator(`[data-call="${id}"]`).click();
    await page.locator('[data-panel=queued]').waitFor();
    await fine(page);
    await page.getByRole('link', { name: t('calls.talk.go') }).click();
    await page.waitForURL(/\/talk$/);
    await page.getByText(t('calls.phase.open'), { exact: true }).waitFor();
    await say('Hello, this is Tom.');
    await button(page, 'calls.hangUp').click();
    await page.locator('[data-ended]').waitFor();
    await page.goto(`${BASE}/calls?shelf=inbox`);
    await page.locator(`[data-call="${id}"]`).waitFor();
    await page.keyboard.press('j');
    // the newest one comes first, unless another has ended meanwhile
    await page.locator(`[data-call="${id}"]`).click();
    await page.locator(`[data-call="${id}"][aria-current=true]`).waitFor();
    await page.locator('[data-review=open]').waitFor();
    await fine(page);
    await page.keyboard.press('e');
    await page.locator('[data-review=done]').waitFor();
    await page.locator(`[data-call="${id}"]`).waitFor({ state: 'detached' });
  }, page);

  await step(`${lang}: the patient’s record tells of it, and leads to it`, async () => {
    const { patientId } = await get(request, `/cases/${caseId}`);
    await page.goto(`${BASE}/patients/${patientId}?tab=calls`);
    await page.getByRole('link', { name: t('calls.open') }).first().click();
    await page.waitForURL(/\/calls\/[0-9a-f-]+$/);
  }, page);

  await step(`${lang}: the numbers count it`, async () => {
    await page.goto(`${BASE}/calls/dashboard?workflow=prior_auth`);
    await page.locator('[data-numbers]').waitFor();
    await page.locator('table tbody tr').first().waitFor();
    await fine(page);
  }, page);
}
