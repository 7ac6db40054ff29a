// A patient on a telephone, with the link of a mail: who they are, confirming, moving, cancelling; staff see it as it happens.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { axe, BASE, demoOwner, open, signInAtDoor } from '../browser.mjs';
import { countMails, mailedLink } from '../mail.mjs';

const DAY = 86_400_000;

/** It goes through the practice that the demo comes with. */
export const inDemo = true;

export default async function ({ browser, watch, step, must }) {
  const { page } = await open(browser, { watch });
  const mark = Date.now().toString(36);
  const email = `noura.${mark}@example.com`;
  const headers = () => ({ 'Idempotency-Key': crypto.randomUUID(), Origin: BASE });
  const ok = async (answer) => {
    assert.ok(answer.ok(), `${answer.url()}: ${answer.status()} ${await answer.text()}`);
    return answer.json();
  };
  const post = async (path, data) => ok(await page.request.post(`${BASE}/api/v1${path}`, { headers: headers(), data }));
  const get = async (path) => ok(await page.request.get(`${BASE}/api/v1${path}`));
  const dayAt = (days) => new Date(Date.now() + days * DAY).toISOString().slice(0, 10);
  let patient;
  let booked;
  let link;

  await must('staff book for a patient who agreed to mail, and the mail has a link', async () => {
    await signInAtDoor(page, demoOwner);
    const known = countMails(email);
    const consents = { email: { granted: true } };
    patient = await post('/patients', { givenName: 'Noura', familyName: `Link-${mark}`, birthDate: '1990-05-17', language: 'en', emails: [{ address: email }], consents });
    const place = (await get('/locations?limit=50')).items.find((one) => one.name === 'Al Olaya') ?? (await get('/locations?limit=50')).items[0];
    const service = (await get('/services?limit=200')).items.find((one) => one.nameEn === 'Consultation');
    const free = await get(`/slots?serviceId=${service.id}&locationId=${place.id}&from=${dayAt(4)}&to=${dayAt(20)}&limit=1`);
    const [{ start, providerIds }] = free.items;
    booked = await post('/appointments', { patientId: patient.id, serviceId: service.id, locationId: place.id, providerIds: providerIds.slice(0, 1), start });
    link = await mailedLink(email, '/v', known);
  }, page);

  const visit = page.getByRole('dialog', { name: /^Appointment/ });
  await must('staff have the visit open', async () => {
    await page.goto(`${BASE}/patients/${patient.id}?tab=appointments&appointment=${booked.id}`);
    await visit.getByRole('button', { name: 'Copy link' }).waitFor();
  }, page);

  const { page: p } = await open(browser, { watch, phone: true });
  const fine = async () => assert.deepEqual((await axe(p)).grave, []);
  const answer = async (...parts) => {
    const inputs = p.locator('fieldset input');
    for (const [n, part] of parts.entries()) await inputs.nth(n).fill(part);
    await p.locator('button[type=submit]').click();
  };

  await must('the secret leaves the address bar, and nothing is shown before the question', async () => {
    await p.goto(link);
    await p.getByRole('heading', { level: 1, name: 'Is it you?' }).waitFor();
    await p.getByText('Your date of birth').waitFor();
    assert.equal(p.url(), `${BASE}/v`);
    const kept = await p.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, history.state]));
    assert.ok(!kept.includes(link.split('#')[1]));
    await fine();
  }, p);

  await step('what is no date is no answer, and a wrong one is refused', async () => {
    await answer('31', '2', '1990');
    await p.getByRole('alert').getByText('Enter the day, the month and the year').waitFor();
    await answer('18', '5', '1990');
    await p.getByRole('alert').getByText('That is not what the clinic has.').waitFor();
    await fine();
  }, p);

  await must('the right one opens the visit', async () => {
    // as an Arabic keyboard writes it
    await answer('١٧', '٥', '١٩٩٠');
    await p.getByRole('heading', { level: 1, name: 'Your appointment' }).waitFor();
    await p.getByText('Consultation').waitFor();
    await fine();
    const small = await p.locator('main button').evaluateAll((all) => all.filter((one) => one.getBoundingClientRect().height < 44).map((one) => one.textContent));
    assert.deepEqual(small, []);
  }, p);

  await step('confirmed on the telephone, it is on the screen of the staff', async () => {
    await p.getByRole('button', { name: 'Confirm', exact: true }).click();
    await p.getByText('Thank you, you have confirmed.').waitFor();
    await visit.getByText('Confirmed', { exact: true }).first().waitFor();
    await fine();
  }, p);

  await step('the visit goes into the calendar of the telephone', async () => {
    const download = p.waitForEvent('download');
    await p.getByRole('button', { name: 'Add to calendar' }).click();
    const text = fs.readFileSync(await (await download).path(), 'utf8');
    assert.ok(text.startsWith('BEGIN:VCALENDAR') && text.includes(`UID:${booked.id}`), text);
  }, p);

  await step('moved to a time that is free, and asked for again', async () => {
    await p.getByRole('button', { name: 'Choose another time' }).click();
    await p.getByRole('heading', { level: 1, name: 'Choose another time' }).waitFor();
    await p.locator('[data-slot]').last().click();
    await fine();
    await p.getByRole('button', { name: 'Move the appointment' }).click();
    await p.getByRole('heading', { level: 1, name: 'Your appointment' }).waitFor();
    await p.getByRole('button', { name: 'Confirm', exact: true }).waitFor();
    const now = await get(`/appointments/${booked.id}`);
    assert.ok(now.start !== booked.start && now.patientMoves === 1 && now.status === 'scheduled');
    await visit.getByText(/moved/i).first().waitFor();
  }, p);

  await step('in Arabic it is mirrored, and cancelling asks why', async () => {
    await p.getByRole('button', { name: 'العربية' }).click();
    await p.getByRole('heading', { level: 1, name: 'موعدكم' }).waitFor();
    assert.equal(await p.evaluate(() => document.documentElement.dir), 'rtl');
    await p.getByRole('button', { name: 'إلغاء الموعد', exact: true }).click();
    await p.getByRole('button', { name: 'نعم، ألغوه' }).click();
    await p.getByText('هذا الحقل مطلوب').waitFor();
    await fine();
    await p.getByRole('radio').first().check();
    await p.getByRole('button', { name: 'نعم، ألغوه' }).click();
    await p.getByText('أُلغي هذا الموعد.').waitFor();
    await fine();
    const { cancellation } = await get(`/appointments/${booked.id}`);
    assert.equal(cancellation.by, 'patient');
  }, p);

  await step('the record says that it was the patient', async () => {
    await page.goto(`${BASE}/patients/${patient.id}?tab=activity`);
    await page.getByText('The patient', { exact: true }).first().waitFor();
  }, page);

  await step('a link that was revoked shows nothing but that', async () => {
    await page.request.delete(`${BASE}/api/v1/appointments/${booked.id}/link`, { headers: headers() });
    const { page: other } = await open(browser, { watch, phone: true, dark: true });
    await other.goto(link);
    await other.getByRole('heading', { level: 1, name: 'This link does not work' }).waitFor();
    assert.deepEqual((await axe(other)).grave, []);
  }, page);

  await step('a provider’s calendar program reads their schedule by an address of its own', async () => {
    const [provider] = (await get('/providers?status=bookable')).items;
    await page.goto(`${BASE}/settings/providers?open=${provider.id}`);
    const drawer = page.getByRole('dialog');
    await drawer.getByRole('button', { name: 'Make an address' }).click();
    const address = await drawer.getByLabel('Address of the calendar').inputValue();
    const calendar = await page.request.get(BASE + new URL(address).pathname);
    assert.equal(calendar.headers()['content-type'], 'text/calendar; charset=utf-8');
    assert.ok(!(await calendar.text()).includes(mark));
    await drawer.getByRole('button', { name: 'End it' }).click();
    await drawer.getByRole('button', { name: 'Make an address' }).waitFor();
    assert.equal((await page.request.get(BASE + new URL(address).pathname)).status(), 404);
  }, page);
}
