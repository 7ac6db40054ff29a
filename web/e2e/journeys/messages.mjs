// Messages without a provider: a template, its preview, sending, the sandbox mailbox, what the patient answers, and who wants no more.
import assert from 'node:assert/strict';
import { axe, BASE, demoOther, open, speak } from '../browser.mjs';

/** It goes through the other practice of the demo. */
export const inDemo = true;

const DAY = 86_400_000;

export default async function (tools) {
  const opened = await open(tools.browser, { watch: tools.watch });
  try {
    await walk(opened, tools);
  } finally {
    // the owner of that practice speaks Arabic
    await speak(opened.context, 'ar');
    await opened.context.close();
  }
}

async function walk({ context, page }, { browser, watch, step, must }) {
  const mark = Date.now().toString(36);
  const number = `+96650${String(Date.now()).slice(-7)}`;
  const email = `lina.${mark}@example.com`;
  const answer = async (reply) => {
    assert.ok(reply.ok(), `${reply.url()}: ${reply.status()} ${await reply.text()}`);
    return reply.json();
  };
  const post = async (path, data) => answer(await page.request.post(`${BASE}/api/v1${path}`, { headers: { 'Idempotency-Key': crypto.randomUUID(), Origin: BASE }, data }));
  const get = async (path) => answer(await page.request.get(`${BASE}/api/v1${path}`));
  const fine = async (on = page) => assert.deepEqual((await axe(on)).grave, []);
  const dayAt = (days) => new Date(Date.now() + days * DAY).toISOString().slice(0, 10);
  const choose = async (where, label, option) => {
    await where.getByRole('combobox', { name: label, exact: true }).or(where.getByRole('textbox', { name: label, exact: true })).first().click();
    await page.getByRole('option', { name: option }).first().click();
  };
  const composer = page.getByRole('form', { name: 'New message' });
  const preview = composer.getByRole('region', { name: 'What the patient gets' });
  const feed = page.getByRole('log', { name: 'Conversation' });
  const mailbox = page.getByRole('article');
  const template = `Please answer ${mark}`;
  let patient;
  let visit;

  const record = (tab) => page.goto(`${BASE}/patients/${patient.id}?tab=${tab}`);

  await must('sign in; a patient with a visit to come, and nothing is connected', async () => {
    await answer(await context.request.post(`${BASE}/api/v1/auth/login`, { headers: { Origin: BASE }, data: demoOther }));
    await speak(context, 'en');
    const consents = { sms: { granted: true }, email: { granted: true } };
    patient = await post('/patients', { givenName: 'Lina', familyName: `Message-${mark}`, language: 'en', birthDate: '1990-05-17', phones: [{ number }], emails: [{ address: email }], consents });
    const place = (await get('/locations?limit=50')).items[0];
    const service = (await get('/services?limit=50')).items.sort((a, b) => a.durationMinutes - b.durationMinutes)[0];
    const [{ start, providerIds }] = (await get(`/slots?serviceId=${service.id}&locationId=${place.id}&from=${dayAt(12)}&to=${dayAt(30)}&limit=1`)).items;
    visit = await post('/appointments', { patientId: patient.id, serviceId: service.id, locationId: place.id, providerIds: providerIds.slice(0, 1), start });
    const channels = (await get('/message-channels')).items;
    assert.deepEqual(channels.map((one) => one.provider), ['sandbox', 'sandbox']);
  }, page);

  await must('write a template in both languages, and see what it becomes', async () => {
    await page.goto(`${BASE}/settings/message-templates?new=true`);
    const drawer = page.getByRole('dialog');
    await drawer.getByRole('textbox', { name: 'Name' }).fill(template);
    await drawer.getByRole('textbox', { name: 'Text' }).fill('Hello');
    await drawer.getByRole('button', { name: 'Insert First name' }).click();
    await drawer.getByRole('textbox', { name: 'Text' }).pressSequentially(', see you on {{ appointment.dat }}?');
    await drawer.locator('[data-problem="template.unknown_variable"]').waitFor();
    await fine();
    await drawer.getByRole('textbox', { name: 'Text' }).fill('Hello {{ patient.givenName }}, see you on {{ appointment.date }}? Answer yes or no.');
    await drawer.locator('[data-preview]').getByText(/^Hello Lina, see you on .*2030/).waitFor();
    await drawer.locator('[data-parts="1"]').waitFor();
    await drawer.getByRole('button', { name: 'Add template' }).click();
    await drawer.getByText('missing').waitFor();
    await drawer.getByRole('textbox', { name: 'Text' }).fill('مرحبًا {{ patient.givenName }}، نراكم يوم {{ appointment.date }}؟');
    await drawer.locator('[data-preview]').getByText(/مرحبًا/).waitFor();
    await drawer.getByRole('button', { name: 'Add template' }).click();
    await page.getByText('The template was added').waitFor();
    await page.getByRole('button', { name: template, exact: true }).waitFor();
    await fine();
  }, page);

  await must('m opens the composer; the template is filled with the real record', async () => {
    await record('activity');
    await page.getByRole('heading', { level: 1, name: new RegExp(mark) }).waitFor();
    await page.keyboard.press('m');
    await composer.waitFor();
    await choose(composer, 'Template', template);
    await preview.locator('[data-preview]').getByText(/^Hello Lina, see you on/).waitFor();
    await preview.locator('[data-reach]').waitFor();
    await preview.locator('[data-parts="1"]').waitFor();
    assert.ok(!page.url().includes(mark));
    await fine();
  }, page);

  await must('it is sent, and stands in the conversation', async () => {
    await composer.getByRole('button', { name: 'Send', exact: true }).click();
    await composer.waitFor({ state: 'detached' });
    await feed.locator('[data-message=sent], [data-message=delivered]').getByText(/Hello Lina/).waitFor();
    await fine();
  }, page);

  await step('a message that was begun is there again after a look elsewhere, and can be discarded', async () => {
    const tab = (name) => page.getByRole('tab', { name, exact: true });
    await page.getByRole('region', { name: 'Conversation' }).getByRole('button', { name: 'Write a message' }).click();
    await composer.getByRole('textbox', { name: 'Text' }).fill('Half a thought');
    await tab('Overview').click();
    await composer.waitFor({ state: 'detached' });
    await tab('Messages').click();
    await page.waitForFunction(() => [...document.querySelectorAll('form textarea')].some((one) => one.value === 'Half a thought'));
    await composer.getByRole('button', { name: 'Discard the message' }).click();
    await composer.waitFor({ state: 'detached' });
    await page.getByRole('region', { name: 'Conversation' }).getByRole('button', { name: 'Write a message' }).waitFor();
  }, page);

  await must('the sandbox mailbox has it as the patient would see it, and the patient answers yes', async () => {
    await page.goto(`${BASE}/messages/mailbox`);
    await page.locator('[data-row]').filter({ hasText: mark }).first().click();
    await mailbox.getByText(/Hello Lina/).waitFor();
    await fine();
    await mailbox.getByRole('button', { name: 'Yes', exact: true }).click();
    await page.getByText('The answer has come in').waitFor();
  }, page);

  await step('the visit is confirmed, and the conversation and the record say so', async () => {
    assert.equal((await get(`/appointments/${visit.id}`)).status, 'confirmed');
    await record('messages');
    await feed.getByText(/the appointment is confirmed/).waitFor();
    await feed.locator('[data-message=replied]').waitFor();
    await fine();
    await record('activity');
    await page.getByText('sent a message').first().waitFor();
    await page.getByText('wrote a message').first().waitFor();
    await fine();
  }, page);

  await step('what is no plain answer waits in the inbox, and is read once somebody opens the conversation', async () => {
    const [sent] = (await get(`/messages?patientId=${patient.id}&direction=out&limit=50`)).items.filter((one) => one.text.includes('see you on'));
    await post('/message-sandbox/replies', { messageId: sent.id, text: `Can I come later? ${mark}` });
    await page.goto(`${BASE}/messages`);
    const card = page.locator('[data-came=patient]').filter({ hasText: mark });
    await card.getByText('Can I come later?').waitFor();
    await fine();
    const read = page.waitForResponse((reply) => reply.url().endsWith('/conversation/read'));
    await card.getByRole('link', { name: 'Answer' }).click();
    await composer.waitFor();
    assert.ok((await read).ok());
    await page.goto(`${BASE}/messages`);
    await page.getByRole('heading', { level: 1, name: 'Messages' }).waitFor();
    await card.waitFor({ state: 'detached' });
  }, page);

  await step('an e-mail that comes back puts its address among those that get nothing', async () => {
    await record('messages&write=true');
    await composer.getByText('Email', { exact: true }).click();
    await composer.getByRole('textbox', { name: 'Subject' }).fill(`About ${mark}`);
    await composer.getByRole('textbox', { name: 'Text' }).fill('Dear {{ patient.givenName }},\n\nplease bring your X-rays.');
    await preview.locator('[data-preview]').getByText(/Dear Lina,/).waitFor();
    await composer.locator('input[type=file]').setInputFiles({ name: 'Instructions.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4 demo') });
    await composer.getByText('Instructions.pdf').waitFor();
    await fine();
    await page.keyboard.press('Control+Enter');
    await composer.waitFor({ state: 'detached' });
    await feed.locator('[data-message=sent], [data-message=delivered]').getByText(`About ${mark}`).waitFor();
    await page.goto(`${BASE}/messages/mailbox`);
    await page.locator('[data-row]').filter({ hasText: `About ${mark}` }).click();
    await mailbox.getByRole('heading', { name: `About ${mark}` }).waitFor();
    await mailbox.getByText('Instructions.pdf').waitFor();
    await mailbox.getByText('nothing to unsubscribe from').waitFor();
    await fine();
    await mailbox.getByRole('button', { name: 'Pretend a bounce' }).click();
    await page.getByText('It has come back').waitFor();
    await record('messages&write=true');
    await composer.getByText('Email', { exact: true }).click();
    await composer.locator('[data-hindrance=bounced]').waitFor();
    await fine();
  }, page);

  await step('somebody takes the address off the list again, and says why', async () => {
    await page.goto(`${BASE}/settings/messages`);
    const entry = page.locator('[data-suppressed=bounce]').filter({ hasText: email });
    await entry.getByRole('button', { name: 'Take off the list' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Why' }).fill('The mailbox was full, they called');
    await fine();
    await dialog.getByRole('button', { name: 'Take off the list' }).click();
    await page.getByText('It gets messages again').waitFor();
    await entry.waitFor({ state: 'detached' });
    await fine();
  }, page);

  await step('a reminder by a rule, with its switch', async () => {
    await page.getByRole('button', { name: 'New reminder' }).click();
    const drawer = page.getByRole('dialog');
    await drawer.getByRole('textbox', { name: 'Name' }).fill(`Day before ${mark}`);
    await choose(drawer, 'What it says', template);
    await drawer.getByText('1 day before').waitFor();
    await fine();
    await drawer.getByRole('button', { name: 'Add reminder' }).click();
    await page.getByText('The reminder was added').waitFor();
    const row = page.locator('[data-rule]').filter({ hasText: mark });
    await row.getByText('1 day before the appointment, by SMS').waitFor();
    // the switch says at once what the server says later
    const answered = page.waitForResponse((response) => response.url().includes('/message-rules/') && response.request().method() !== 'GET');
    await row.getByRole('switch').press('Space');
    await answered;
    await page.waitForFunction((name) => [...document.querySelectorAll('[data-rule]')].some((one) => one.textContent.includes(name) && !one.querySelector('input').checked), mark);
    const [rule] = (await get('/message-rules')).items.filter((one) => one.name.includes(mark));
    assert.equal(rule.enabled, false);
    await post(`/message-rules/${rule.id}/archive`, { version: rule.version });
  }, page);

  await step('STOP is heard: the number gets nothing more, and the composer says why', async () => {
    const [sent] = (await get(`/messages?patientId=${patient.id}&direction=out&channel=sms&limit=50`)).items.filter((one) => one.text.includes('see you on'));
    await page.goto(`${BASE}/messages/mailbox`);
    await page.locator('[data-row]').filter({ hasText: 'see you on' }).filter({ hasText: mark }).first().click();
    await mailbox.getByRole('button', { name: 'STOP', exact: true }).click();
    await page.getByText('The answer has come in').waitFor();
    assert.ok(sent);
    await record('messages&write=true');
    await composer.locator('[data-hindrance=stopped]').waitFor();
    await feed.getByText(/the number gets nothing any more/).waitFor();
    await fine();
    // they want them again, by another word
    await post('/message-sandbox/replies', { messageId: sent.id, text: 'START' });
    await composer.locator('[data-reach]').waitFor();
  }, page);

  await step('a link for unsubscribing that is none says so, on a telephone in Arabic', async () => {
    const { page: p } = await open(browser, { watch, phone: true, lang: 'ar' });
    await p.goto(`${BASE}/u#not.real`);
    await p.getByRole('heading', { level: 1, name: 'هذا الرابط لا يعمل' }).waitFor();
    assert.equal(p.url(), `${BASE}/u`);
    await fine(p);
  }, page);

  await step('in Arabic the conversation is mirrored, and its texts keep their direction', async () => {
    await speak(context, 'ar');
    await record('messages');
    await page.getByRole('log', { name: 'المحادثة' }).waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.dir), 'rtl');
    await page.getByText(/أُكِّد الموعد/).waitFor();
    await fine();
    await page.getByRole('button', { name: 'كتابة رسالة' }).last().click();
    await page.getByRole('form', { name: 'رسالة جديدة' }).waitFor();
    await fine();
    await speak(context, 'en');
  }, page);
}
