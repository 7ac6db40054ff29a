// Cal.com by the sandbox: connecting, mapping, a visit that both have, a conflict from outside and how it is resolved.
import assert from 'node:assert/strict';
import { axe, BASE, demoOther, open, speak } from '../browser.mjs';

/** It goes through the practice that the demo comes with. */
export const inDemo = true;

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
  const mark = Date.now().toString(36);
  const post = async (path, data) => {
    const answer = await page.request.post(`${BASE}/api/v1${path}`, { headers: { 'Idempotency-Key': crypto.randomUUID(), Origin: BASE }, data });
    assert.ok(answer.ok(), `${path}: ${answer.status()} ${await answer.text()}`);
    return answer.json();
  };
  const get = async (path) => (await page.request.get(`${BASE}/api/v1${path}`)).json();
  const choose = async (where, label, option) => {
    await where.getByRole('combobox', { name: label, exact: true }).or(where.getByRole('textbox', { name: label, exact: true })).first().click();
    await page.getByRole('option', { name: option }).first().click();
  };
  const fine = async () => assert.deepEqual((await axe(page)).grave, []);
  const needs = page.getByRole('region', { name: 'Needs attention' });
  const visit = page.getByRole('dialog', { name: /^Appointment/ });
  let service;
  let place;
  let patient;
  let slots;

  const book = async (slot) =>
    post('/appointments', { patientId: patient.id, serviceId: service.id, locationId: place.id, providerIds: [slot.providerIds[0]], start: slot.start });

  await must('sign in; nothing is connected', async () => {
    const answer = await context.request.post(`${BASE}/api/v1/auth/login`, { headers: { Origin: BASE }, data: demoOther });
    assert.ok(answer.ok(), `signing in: ${answer.status()}`);
    await speak(context, 'en');
    patient = await post('/patients', { givenName: 'Cal', familyName: mark, emails: [{ address: `cal-${mark}@example.com` }] });
    place = (await get('/locations?limit=50')).items[0];
    service = (await get('/services?limit=50')).items.sort((a, b) => a.durationMinutes - b.durationMinutes)[0];
    await page.goto(`${BASE}/settings/calcom`);
    await page.getByRole('heading', { level: 1, name: 'Cal.com' }).waitFor();
    await fine();
  }, page);

  await must('connect the sandbox and try the connection', async () => {
    await page.getByText('Sandbox', { exact: true }).click();
    await page.getByRole('button', { name: /^(Connect|Save)$/ }).first().click();
    await page.getByRole('button', { name: 'Try the connection' }).click();
    await page.getByText('It answers, and takes the key.').waitFor();
    await page.getByText('Both agree').waitFor();
  }, page);

  await must('map a visit type', async () => {
    await page.getByRole('button', { name: 'Add a visit type' }).click();
    await choose(page, 'Service', service.nameEn);
    await choose(page, 'Event type', new RegExp(service.nameEn.slice(0, 12).replace(/[()]/g, '.')));
    const saved = page.waitForResponse((answer) => answer.url().endsWith('/calcom/mappings') && answer.request().method() !== 'GET');
    await page.getByRole('button', { name: 'Save visit types' }).click();
    assert.ok((await saved).ok());
    const { items } = await get('/calcom/mappings');
    assert.equal(items[0].serviceId, service.id);
    await fine();
  }, page);

  await step('a visit is in step with it', async () => {
    const from = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10);
    const to = new Date(Date.now() + 34 * 86_400_000).toISOString().slice(0, 10);
    const found = await get(`/slots?serviceId=${service.id}&locationId=${place.id}&from=${from}&to=${to}`);
    assert.equal(found.degraded, false);
    slots = found.items;
    const booked = await book(slots[0]);
    await page.goto(`${BASE}/today?appointment=${booked.id}`);
    await visit.locator('[data-calcom=synced]').waitFor();
  }, page);

  await step('a conflict from outside needs attention, in Today and on the visit', async () => {
    const slot = slots.at(-1);
    await post('/calcom/sandbox-bookings', { serviceId: service.id, start: slot.start, person: null });
    const booked = await book(slot);
    await page.goto(`${BASE}/today`);
    await needs.getByText('The time is taken at Cal.com.').waitFor();
    await needs.locator('[data-row]').first().click();
    await visit.locator('[data-calcom=needs_attention]').waitFor();
    assert.ok(page.url().includes(booked.id) && !page.url().includes(mark));
  }, page);

  await step('it is kept here only, and the list is empty again', async () => {
    await page.goto(`${BASE}/settings/calcom`);
    await needs.locator('[data-need=taken]').waitFor();
    await fine();
    await needs.getByRole('button', { name: 'Keep here only' }).click();
    await page.getByText('Both agree').waitFor();
  }, page);

  await step('who books there comes here by itself', async () => {
    const slot = slots[Math.floor(slots.length / 2)];
    await post('/calcom/sandbox-bookings', { serviceId: service.id, start: slot.start, person: { name: `Outside ${mark}`, email: `out-${mark}@example.com` } });
    for (let tries = 0; ; tries++) {
      const { items } = await get('/calcom-bookings');
      if (items.some((one) => one.familyName === mark && one.fromThere && one.state === 'synced')) break;
      assert.ok(tries < 100, 'it has not arrived');
      await page.waitForTimeout(100);
    }
  }, page);
}
