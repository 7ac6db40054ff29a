// A receptionist's day: booking, conflicts, series, moving, cancelling, the board on two screens, reasons in settings.
import assert from 'node:assert/strict';
import { axe, BASE, demoOwner, open, signInAtDoor } from '../browser.mjs';

const DAY = 86_400_000;

/** It goes through the practice that the demo comes with. */
export const inDemo = true;

export default async function ({ browser, watch, step, must }) {
  const { context, page } = await open(browser, { watch });
  const mark = Date.now().toString(36);
  const family = `Desk-${mark}`;
  const name = `Rana ${family}`;
  const post = async (path, data) => {
    const answer = await page.request.post(`${BASE}/api/v1${path}`, { headers: { 'Idempotency-Key': crypto.randomUUID(), Origin: BASE }, data });
    assert.ok(answer.ok(), `${path}: ${answer.status()} ${await answer.text()}`);
    return answer.json();
  };
  const get = async (path) => (await page.request.get(`${BASE}/api/v1${path}`)).json();
  const dialog = (title) => page.getByRole('dialog', { name: title });
  const form = dialog('New appointment');
  const visit = dialog(/^Appointment/);
  const choose = async (where, label, option) => {
    await where.getByRole('combobox', { name: label, exact: true }).or(where.getByRole('textbox', { name: label, exact: true })).first().click();
    await page.getByRole('option', { name: option, exact: true }).click();
  };
  const toBook = () => page.getByRole('tabpanel').getByRole('button', { name: 'Book', exact: true }).click();
  /** Days with something free, once that is known of all of them. */
  const free = (where) => where.locator('[role=group][aria-busy=false] [data-rove]:not([data-none])');
  const rows = page.locator('[role=tabpanel] [data-row]');
  const fine = async () => assert.deepEqual((await axe(page)).grave, []);
  const nameNowhere = async () => assert.ok(!(page.url() + (await page.title())).includes(mark), page.url());
  let patient;
  let place;

  await must('sign in; the day comes first', async () => {
    await signInAtDoor(page, demoOwner);
    await page.waitForURL(/\/today/);
    await page.getByRole('heading', { level: 2, name: /^Booked/ }).waitFor();
    patient = await post('/patients', { givenName: 'Rana', familyName: family });
    place = (await get('/locations?limit=50')).items.find((one) => one.name === 'Al Olaya') ?? (await get('/locations?limit=50')).items[0];
  }, page);

  await must('book from a patient: what is free at once, and kept while the rest is entered', async () => {
    await page.goto(`${BASE}/patients/${patient.id}?tab=appointments`);
    await page.getByText('No appointments yet').waitFor();
    await toBook();
    await form.getByRole('button', { name: 'Book', exact: true }).waitFor();
    await choose(form, 'Service', 'Consultation');
    await choose(form, 'Location', place.name);
    await choose(form, 'With', 'Dr. Omar Haddad');
    await form.locator('[data-slot]').first().click();
    await form.getByText(/^Kept for \d+ minutes$/).waitFor();
    await fine();
    await form.getByLabel('Why the patient comes').fill('A crown came off');
    await form.getByRole('button', { name: 'Book', exact: true }).click();
    await page.getByText(/^Booked: /).waitFor();
    await form.waitFor({ state: 'detached' });
    await rows.first().waitFor();
    await page.getByRole('button', { name: /^Next visit: / }).waitFor();
    await nameNowhere();
  }, page);

  await step('a time that is taken: says by whom, offers others, and what was typed stays', async () => {
    const [first] = (await get(`/appointments?patientId=${patient.id}`)).items;
    const local = new Date(Date.parse(first.start) + 3 * 3_600_000).toISOString();
    await toBook();
    await choose(form, 'Service', 'Consultation');
    await choose(form, 'Location', place.name);
    await choose(form, 'With', 'Dr. Omar Haddad');
    await form.getByLabel('Notes for the team').fill('Bring the models');
    await form.getByLabel('Day', { exact: true }).fill(local.slice(0, 10));
    await form.getByRole('textbox', { name: 'Time', exact: true }).fill(local.slice(11, 16));
    await page.keyboard.press('Enter');
    await form.getByText('Dr. Omar Haddad is booked then.').waitFor();
    await fine();
    assert.equal(await form.locator('[data-alternative]').count(), 3);
    await form.getByRole('button', { name: 'Book it all the same' }).click();
    await form.getByRole('textbox', { name: 'Why all the same' }).waitFor();
    await form.locator('[data-alternative]').last().click();
    await form.getByText(/^Kept for \d+ minutes$/).waitFor();
    assert.equal(await form.getByLabel('Notes for the team').inputValue(), 'Bring the models');
    await form.getByRole('button', { name: 'Book', exact: true }).click();
    await form.waitFor({ state: 'detached' });
    await rows.nth(1).waitFor();
  }, page);

  await step('a time that was let go is free for others again', async () => {
    await toBook();
    await choose(form, 'Service', 'Consultation');
    await choose(form, 'With', 'Dr. Omar Haddad');
    const slot = form.locator('[data-slot]').first();
    const start = await slot.getAttribute('data-slot');
    await slot.click();
    await form.getByText(/^Kept for/).waitFor();
    await form.getByRole('button', { name: 'Cancel', exact: true }).click();
    await form.getByRole('button', { name: 'Discard' }).click();
    await form.waitFor({ state: 'detached' });
    await toBook();
    await choose(form, 'Service', 'Consultation');
    await choose(form, 'With', 'Dr. Omar Haddad');
    await form.locator(`[data-slot="${start}"]`).waitFor();
    await form.getByRole('button', { name: 'Cancel', exact: true }).click();
    await form.getByRole('button', { name: 'Discard' }).click();
    await form.waitFor({ state: 'detached' });
  }, page);

  await step('a series, and cancelling the rest of it', async () => {
    await toBook();
    await choose(form, 'Service', 'Orthodontic adjustment');
    await choose(form, 'Location', place.name);
    await choose(form, 'With', 'Dr. Omar Haddad');
    await form.getByLabel('Day', { exact: true }).fill(new Date(Date.now() + 60 * DAY).toISOString().slice(0, 10));
    await free(form).first().click();
    await form.locator('[data-slot]').first().click();
    await form.getByText(/^Kept for/).waitFor();
    await form.getByRole('switch', { name: 'Repeat it' }).check();
    await form.getByRole('textbox', { name: 'Visits in all' }).fill('3');
    await form.getByRole('button', { name: 'Book all of them' }).click();
    await page.getByText('3 visits booked').waitFor();
    await rows.nth(4).waitFor();
    await rows.nth(3).click();
    await visit.getByText('Visit 2 of 3').waitFor();
    await fine();
    await visit.getByRole('button', { name: 'Cancel appointment' }).click();
    const asks = dialog('Cancel the appointment');
    await asks.getByRole('radio', { name: 'This one and the 1 after it' }).check();
    await asks.getByRole('button', { name: 'Cancel appointment' }).click();
    await asks.getByText('Please fill this in').waitFor();
    await choose(asks, 'Reason', 'Patient cannot make it');
    await asks.getByRole('button', { name: 'Cancel appointment' }).click();
    await visit.getByText('Cancelled by the patient').waitFor();
    await page.keyboard.press('Escape');
    await visit.waitFor({ state: 'detached' });
    await page.waitForFunction(() => document.querySelectorAll('[data-faint]').length === 2);
  }, page);

  await step('a series of which one visit is taken: says which, and what is free near it', async () => {
    const serviceId = (await get('/services?limit=200')).items.find((one) => one.nameEn === 'Consultation').id;
    const providerId = (await get('/staff?status=all&limit=200')).items.find((one) => one.name === 'Dr. Omar Haddad').id;
    const dayAt = (at) => new Date(at).toISOString().slice(0, 10);
    const [from, to] = [120, 140].map((days) => dayAt(Date.now() + days * DAY));
    const slots = (await get(`/slots?serviceId=${serviceId}&locationId=${place.id}&providerId=${providerId}&from=${from}&to=${to}`)).items.map((one) => Date.parse(one.start));
    const first = slots.find((at) => slots.includes(at + 7 * DAY));
    const somebody = await post('/patients', { givenName: 'Samir', familyName: family });
    await post('/appointments', { patientId: somebody.id, serviceId, locationId: place.id, providerIds: [providerId], start: new Date(first + 7 * DAY).toISOString() });
    await toBook();
    await choose(form, 'Service', 'Consultation');
    await choose(form, 'Location', place.name);
    await choose(form, 'With', 'Dr. Omar Haddad');
    await form.getByLabel('Day', { exact: true }).fill(dayAt(first + 3 * 3_600_000));
    await form.locator(`[data-slot="${new Date(first).toISOString().replace('.000', '')}"]`).click();
    await form.getByText(/^Kept for/).waitFor();
    await form.getByRole('switch', { name: 'Repeat it' }).check();
    await form.getByRole('textbox', { name: 'Visits in all' }).fill('3');
    await form.getByRole('button', { name: 'Book all of them' }).click();
    const refused = form.getByRole('alert').filter({ hasText: 'so none was' });
    await refused.getByText(/^It is visit 2, on /).waitFor();
    await refused.getByText('Dr. Omar Haddad is booked then.').waitFor();
    await refused.getByText(/^Free near it: .+ · .+ · .+$/).waitFor();
    // a single visit of it cannot be put elsewhere
    assert.equal(await refused.locator('[data-alternative]').count(), 0);
    await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'alert');
    await fine();
    await form.getByRole('button', { name: 'Cancel', exact: true }).click();
    await form.getByRole('button', { name: 'Discard' }).click();
    await form.waitFor({ state: 'detached' });
  }, page);

  await step('two people and two chairs for one visit: in all of their columns, and taken for others', async () => {
    const serviceId = (await get('/services?limit=200')).items.find((one) => one.nameEn === 'Consultation').id;
    const from = new Date(Date.now() + 90 * DAY).toISOString().slice(0, 10);
    const to = new Date(Date.now() + 110 * DAY).toISOString().slice(0, 10);
    const slots = (await get(`/slots?serviceId=${serviceId}&locationId=${place.id}&from=${from}&to=${to}`)).items;
    const people = (await get('/staff?status=all&limit=200')).items;
    const pair = ['Dr. Omar Haddad', 'Dr. Lina Mansour'];
    const [main, other] = pair.map((name) => people.find((one) => one.name === name).id);
    const { start } = slots.find(({ providerIds }) => [main, other].every((id) => providerIds.includes(id)));
    const chairs = (await get('/rooms?limit=200')).items.filter((one) => one.locationId === place.id && !one.archivedAt).slice(0, 2);
    const local = new Date(Date.parse(start) + 3 * 3_600_000).toISOString();
    const [day, time] = [local.slice(0, 10), local.slice(11, 16)];
    await toBook();
    await choose(form, 'Service', 'Consultation');
    await choose(form, 'Location', place.name);
    await choose(form, 'With', pair[0]);
    await form.getByRole('button', { name: 'Together with …' }).click();
    await page.getByRole('option', { name: pair[1], exact: true }).click();
    assert.equal(await page.getByRole('option', { name: pair[0], exact: true }).count(), 0);
    for (const chair of chairs) await choose(form, 'Chair or room', chair.name);
    await page.keyboard.press('Escape');
    await form.getByLabel('Day', { exact: true }).fill(day);
    await form.locator(`[data-slot="${start}"]`).click();
    await form.getByText(/^Kept for \d+ minutes$/).waitFor();
    for (const names of [pair, chairs.map((one) => one.name)]) await form.getByRole('status').getByText(names.join(', ')).waitFor();
    await fine();
    await form.getByRole('button', { name: 'Book', exact: true }).click();
    await form.waitFor({ state: 'detached' });
    const { id, roomIds, ...booked } = (await get(`/appointments?patientId=${patient.id}&limit=200`)).items.find((one) => one.start === start);
    assert.deepEqual([booked.providerIds, roomIds], [[main, other], chairs.map((one) => one.id)]);

    const another = await post('/patients', { givenName: 'Huda', familyName: family });
    await page.goto(`${BASE}/patients/${another.id}?tab=appointments`);
    await toBook();
    await choose(form, 'Service', 'Consultation');
    await choose(form, 'Location', place.name);
    await choose(form, 'With', pair[1]);
    await form.getByLabel('Day', { exact: true }).fill(day);
    await form.getByRole('textbox', { name: 'Time', exact: true }).fill(time);
    await page.keyboard.press('Enter');
    await form.getByText(`${pair[1]} is booked then.`).waitFor();
    await form.getByRole('button', { name: 'Cancel', exact: true }).click();
    await form.getByRole('button', { name: 'Discard' }).click();

    const entries = page.locator(`article[data-entry="${id}"]`);
    for (const view of ['', '&view=rooms']) {
      await page.goto(`${BASE}/calendar?date=${day}&location=${place.id}${view}`);
      await entries.nth(1).waitFor();
      assert.equal(await entries.count(), 2);
      await entries.first().getByText(pair.join(', ')).waitFor();
    }
    await entries.first().click();
    await visit.getByText(chairs.map((one) => one.name).join(', ')).waitFor();
    await visit.getByRole('button', { name: 'Move', exact: true }).click();
    const moving = dialog('Move the appointment');
    await moving.getByText(pair[1], { exact: true }).waitFor();
    await fine();
    await moving.getByRole('button', { name: 'Cancel', exact: true }).click();
    await page.goto(`${BASE}/patients/${patient.id}?tab=appointments`);
    await rows.first().waitFor();
  }, page);

  await step('move by the keyboard alone', async () => {
    await rows.first().focus();
    await page.keyboard.press('Enter');
    await visit.getByRole('button', { name: 'Move', exact: true }).focus();
    await page.keyboard.press('Enter');
    const moving = dialog('Move the appointment');
    // another day, and the first time on it
    await free(moving).and(page.locator('[aria-pressed=false]')).first().focus();
    await page.keyboard.press('Enter');
    await moving.locator('[data-slot][tabindex="0"][aria-pressed=false]').focus();
    await page.keyboard.press('Enter');
    await moving.locator('[data-slot][aria-pressed=true]').waitFor();
    await moving.getByRole('button', { name: 'Move', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.getByText(/^Moved to /).waitFor();
    await moving.waitFor({ state: 'detached' });
    await visit.getByText('moved 1 time').waitFor();
  }, page);

  await step('cancel with a reason, and reinstate', async () => {
    await visit.getByRole('button', { name: 'Cancel appointment' }).click();
    const asks = dialog('Cancel the appointment');
    await asks.getByText('Practice', { exact: true }).click();
    await choose(asks, 'Reason', 'Booked by mistake');
    await asks.getByLabel('What was said').fill('Rang the wrong person');
    await asks.getByRole('button', { name: 'Cancel appointment' }).click();
    await visit.getByText('Rang the wrong person').waitFor();
    await visit.getByText('Booked by mistake').waitFor();
    await visit.getByRole('button', { name: 'Reinstate' }).click();
    await visit.getByRole('button', { name: 'Confirm', exact: true }).waitFor();
  }, page);

  await step('notes that two change at once: mine stay until I say so', async () => {
    const id = new URL(page.url()).searchParams.get('appointment');
    await visit.getByLabel('Notes for the team').fill('Mine');
    const { version } = await get(`/appointments/${id}`);
    const answer = await page.request.patch(`${BASE}/api/v1/appointments/${id}`, { headers: { Origin: BASE }, data: { version, notes: 'Theirs' } });
    assert.ok(answer.ok());
    await visit.getByText('Somebody else changed this').waitFor();
    await visit.getByText('Notes for the team is now: Theirs').waitFor();
    await visit.getByRole('button', { name: 'Keep mine' }).click();
    await visit.getByRole('button', { name: 'Save changes' }).click();
    await page.getByText('Changes saved').waitFor();
    assert.equal((await get(`/appointments/${id}`)).notes, 'Mine');
    await page.keyboard.press('Escape');
    await visit.waitFor({ state: 'detached' });
  }, page);

  await step('everything stands in the record, in words', async () => {
    await page.getByRole('tab', { name: 'Activity' }).click();
    for (const words of ['Reinstated an appointment', 'Cancelled an appointment', 'Moved an appointment', 'Booked an appointment']) await page.getByText(words).first().waitFor();
    await page.getByText('Booked by mistake · Rang the wrong person').waitFor();
  }, page);

  await step('the board: another screen follows without reloading', async () => {
    const services = (await get('/services?limit=200')).items;
    const people = (await get('/staff?status=all&limit=200')).items;
    const start = new Date(Math.floor(Date.now() / 60_000) * 60_000).toISOString();
    const { id } = await post('/appointments', {
      patientId: patient.id, serviceId: services.find((one) => one.nameEn === 'Consultation').id, locationId: place.id,
      providerIds: [people.find((one) => one.name === 'Dr. Omar Haddad').id], start, overbooking: 'Pain',
    });
    const today = `${BASE}/today?location=${place.id}`;
    const other = await open(browser, { storageState: await context.storageState(), watch });
    const card = (p, column) => p.locator(`[data-column=${column}] [data-card="${id}"]`);
    await page.goto(today);
    await other.page.goto(today);
    await other.page.evaluate(() => (window.stayed = true));
    await card(other.page, 'booked').waitFor();
    await card(page, 'booked').getByRole('button', { name: `${name}: to “Arrived”` }).focus();
    await page.keyboard.press('Enter');
    await card(page, 'arrived').getByText(/^waiting \d+ min$/).waitFor();
    await card(other.page, 'arrived').waitFor();
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await card(other.page, 'booked').waitFor();
    await card(page, 'booked').dragTo(page.locator('[data-column=seated]'), { targetPosition: { x: 60, y: 60 } });
    await card(other.page, 'seated').waitFor();
    await card(page, 'seated').locator('[data-next]').click();
    await card(page, 'done').locator('[data-next]').click();
    await card(other.page, 'out').waitFor();
    assert.equal(await other.page.evaluate(() => window.stayed), true);
    await fine();
    await nameNowhere();
    await other.context.close();
  }, page);

  await step('a telephone call confirms somebody of the next two days', async () => {
    const list = page.getByRole('region', { name: 'Unconfirmed, next two days' });
    const confirm = list.getByRole('button', { name: /^Confirm: / });
    if (!(await confirm.count())) return;
    const row = list.locator(`[data-row="${await list.locator('[data-row]').first().getAttribute('data-row')}"]`);
    await confirm.first().click();
    await page.getByText('has confirmed').waitFor();
    await row.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await row.waitFor();
  }, page);

  await step('reasons in settings: add, rename, order, archive', async () => {
    await page.goto(`${BASE}/settings/scheduling`);
    const list = page.getByRole('region', { name: 'The patient cancels' });
    await list.getByRole('button', { name: 'Add: The patient cancels' }).click();
    await dialog('New reason').getByLabel('Name in English').fill(`Weather ${mark}`);
    await dialog('New reason').getByRole('button', { name: 'Add' }).click();
    await list.getByRole('button', { name: new RegExp(`^Weather ${mark}`) }).click();
    await dialog('Reason for cancelling').getByLabel('Name in English').fill(`Storm ${mark}`);
    await dialog('Reason for cancelling').getByRole('button', { name: 'Save changes' }).click();
    await list.getByRole('button', { name: `Move Storm ${mark}: drag, or use the arrow keys` }).press('Home');
    await page.waitForFunction((text) => document.querySelector('main section ul li')?.textContent.includes(text), `Storm ${mark}`);
    await fine();
    await list.getByRole('button', { name: new RegExp(`^Storm ${mark}`) }).click();
    await dialog('Reason for cancelling').getByRole('button', { name: 'Archive' }).click();
    await list.locator('li').last().getByText('Archived').waitFor();
  }, page);

  await step('on a phone the columns are one below the other, and everything fits', async () => {
    const small = await open(browser, { storageState: await context.storageState(), phone: true, watch });
    await small.page.setViewportSize({ width: 360, height: 740 });
    const p = small.page;
    await p.goto(`${BASE}/today?location=${place.id}`);
    await p.getByRole('heading', { level: 2, name: /^Checked out/ }).waitFor();
    const fits = async () => assert.ok((await p.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)) <= 0);
    await fits();
    assert.deepEqual((await axe(p)).grave, []);
    await p.getByRole('button', { name: 'New appointment' }).click();
    await p.getByRole('dialog').getByRole('button', { name: 'Book', exact: true }).waitFor();
    await fits();
    assert.deepEqual((await axe(p)).grave, []);
    await small.context.close();
  }, page);

  await context.close();
}
