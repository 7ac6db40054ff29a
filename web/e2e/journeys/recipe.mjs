// A recipe, from the draft to the mail: rehearsed, published, begun by a booking, seen in the mailbox, on the record and in the
// run, which goes on when the patient answers.
import assert from 'node:assert/strict';
import { get, post } from '../appointments.mjs';
import { axe, BASE, demoOther, open, speak } from '../browser.mjs';

/** It goes through the other practice of the demo. */
export const inDemo = true;

const DAY_MS = 86_400_000;

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

async function walk({ context, page }, { step, must }) {
  const { request } = page;
  const mark = Date.now().toString(36);
  const card = (key) => page.locator(`[data-key="${key}"]`);
  const fine = async () => assert.deepEqual((await axe(page)).grave, []);
  const dayAt = (days) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
  let patient;
  let workflow;

  await must('a patient who likes e-mail', async () => {
    await context.request.post(`${BASE}/api/v1/auth/login`, { headers: { Origin: BASE }, data: demoOther });
    await speak(context, 'en');
    patient = await post(request, '/patients', { givenName: 'Rana', familyName: `Recipe-${mark}`, language: 'en', birthDate: '1988-02-11', contactMethod: 'email', emails: [{ address: `rana.${mark}@example.com` }], consents: { email: { granted: true } } });
  }, page);

  await must('the recipe that asks for confirmation becomes a draft', async () => {
    await page.goto(`${BASE}/workflows/recipes`);
    await page.locator('[data-recipe=confirm]').getByRole('button').click();
    await card('trigger').waitFor();
    workflow = new URL(page.url()).pathname.split('/').at(-1);
    await card('mail').waitFor();
    await fine();
  }, page);

  await must('it is rehearsed on the bookings of the last month, and nothing is sent', async () => {
    const written = async () => (await get(request, '/messages?direction=out&limit=200')).items.filter((one) => one.source === 'workflow').length;
    const before = await written();
    await page.getByRole('button', { name: 'Rehearsal', exact: true }).click();
    const drawer = page.getByRole('dialog', { name: 'Rehearsal' });
    await drawer.getByRole('button', { name: 'Start the rehearsal' }).click();
    await drawer.getByText('Rehearsal done').waitFor();
    const [, looked, matched] = /Looked at ([\d,]+), would have run for ([\d,]+)/.exec(await drawer.innerText());
    assert.ok(Number(looked.replace(',', '')) >= Number(matched.replace(',', '')) && Number(matched.replace(',', '')) > 0, `${looked} ${matched}`);
    await drawer.getByText('Send an email').or(drawer.getByText('Send an SMS')).first().waitFor();
    await fine();
    assert.equal(await written(), before);
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'detached' });
  }, page);

  await must('it is published', async () => {
    await page.getByRole('button', { name: 'Publish', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Publish', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.locator('[data-status=published]').waitFor();
  }, page);

  await must('an appointment is booked, and the mail lies in the sandbox mailbox', async () => {
    const place = (await get(request, '/locations?limit=50')).items[0];
    const [service] = (await get(request, '/services?limit=50')).items.sort((a, b) => a.durationMinutes - b.durationMinutes);
    const [{ start, providerIds }] = (await get(request, `/slots?serviceId=${service.id}&locationId=${place.id}&from=${dayAt(12)}&to=${dayAt(30)}&limit=1`)).items;
    await post(request, '/appointments', { patientId: patient.id, serviceId: service.id, locationId: place.id, providerIds: providerIds.slice(0, 1), start });
    await page.goto(`${BASE}/messages/mailbox`);
    await page.locator('[data-row]').filter({ hasText: mark }).first().click();
    const mail = page.getByRole('article');
    await mail.getByRole('heading', { name: /^Please confirm your visit on/ }).waitFor();
    await mail.getByText('Dear Rana,').waitFor();
    await fine();
  }, page);

  await step('the record tells of it', async () => {
    await page.goto(`${BASE}/patients/${patient.id}?tab=activity`);
    await page.getByText('sent a message').first().waitFor();
    await fine();
  }, page);

  await must('the run shows the way it took, and waits for the answer', async () => {
    await page.goto(`${BASE}/workflows/runs?workflow=${workflow}`);
    await page.locator('[data-row]').first().click();
    await page.locator('[data-key=mail][data-mark=done]').waitFor();
    await page.locator('[data-key=answer][data-mark=waiting]').waitFor();
    await page.locator('[data-key=text][data-faint]').waitFor();
    await fine();
    await card('mail').click();
    const opened = page.getByRole('dialog');
    await opened.locator('[data-run=done]').waitFor();
    await fine();
    await page.keyboard.press('Escape');
    await opened.waitFor({ state: 'detached' });
  }, page);

  await step('the visit is confirmed, and the run goes on', async () => {
    const run = page.url();
    const [visit] = (await get(request, `/appointments?patientId=${patient.id}&limit=5`)).items;
    await post(request, `/appointments/${visit.id}/status`, { version: visit.version, status: 'confirmed' });
    await page.goto(run);
    await page.locator('[data-key=answer][data-mark=done]').waitFor();
    await page.locator('[data-key=near][data-mark=waiting]').waitFor();
    await fine();
  }, page);

  await step('it is stopped again, and cancelling the run ends it', async () => {
    await page.getByRole('button', { name: 'Cancel the run' }).click();
    await page.locator('[data-run=cancelled]').first().waitFor();
    const { version } = await get(request, `/workflows/${workflow}`);
    await post(request, `/workflows/${workflow}/unpublish`, { version });
  }, page);
}
