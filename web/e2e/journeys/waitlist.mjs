// Time that became free: offered by mail, taken on a phone in Arabic, seen on the second screen; and who should come again.
import assert from 'node:assert/strict';
import { at, get, post, quietDay } from '../appointments.mjs';
import { axe, BASE, demoOwner, open, signInAtDoor } from '../browser.mjs';
import { mailedLink } from '../mail.mjs';

/** It goes through the practice that the demo comes with. */
export const inDemo = true;

export default async function ({ browser, watch, step, must }) {
  const { context, page } = await open(browser, { watch });
  const mark = Date.now().toString(36);
  const family = `Wait-${mark}`;
  const { request } = page;
  const fine = async (p = page) => assert.deepEqual((await axe(p)).grave, []);
  const dialog = (title) => page.getByRole('dialog', { name: title });
  const choose = async (where, label, option) => {
    await where.getByRole('combobox', { name: label, exact: true }).or(where.getByRole('textbox', { name: label, exact: true })).first().click();
    await page.getByRole('option', { name: option, exact: true }).click();
  };
  const put = async (path, data) => {
    const answer = await request.put(`${BASE}/api/v1${path}`, { headers: { Origin: BASE }, data });
    assert.ok(answer.ok(), `${path}: ${answer.status()} ${await answer.text()}`);
  };
  const cancel = (visit) => post(request, `/appointments/${visit.id}/cancel`, { version: visit.version, by: 'patient', reason: 'patient_ill' });
  const somebody = async (name, language) => {
    const email = `${name.toLowerCase()}-${mark}@example.com`;
    const patient = await post(request, '/patients', { givenName: name, familyName: family, birthDate: '1990-05-17', emails: [{ address: email }], language });
    return { ...patient, email };
  };
  const card = (p, opening) => p.locator(`[data-opening="${opening.id}"]`);
  const openingOf = async (visit) => (await get(request, `/openings?limit=200&locationId=${visit.locationId}`)).items.find((one) => one.appointmentId === visit.id);
  let day;
  let service;
  let first;
  let second;
  let leaves;
  const book = (patient, time, provider = 0) =>
    post(request, '/appointments', { patientId: patient.id, serviceId: service.id, locationId: day.locationId, providerIds: [day.providers[provider]], start: at(day.day, time) });

  await must('sign in, with a quiet day and people who can be written to', async () => {
    await signInAtDoor(page, demoOwner);
    await page.waitForURL(/\/today/);
    day = await quietDay(request);
    service = await post(request, '/services', { nameEn: `Fitting ${mark}`, durationMinutes: 30, price: { amountMinor: 10_000, currency: 'SAR' }, vatCategory: 'standard', colour: 'violet' });
    [first, second, leaves] = [await somebody('Maha', 'ar'), await somebody('Omar', 'en'), await somebody('Lina', 'en')];
    const { version, mode: _, updatedAt: __, ...rules } = await get(request, '/waitlist-settings');
    await put('/waitlist-settings', { version, rules: { ...rules, mode: 'ask_me', waveSize: 2 } });
  }, page);

  await must('a wish is entered from the patient, with days and times', async () => {
    await page.goto(`${BASE}/patients/${first.id}?tab=appointments`);
    await page.getByRole('tabpanel').getByRole('button', { name: 'Add to the waitlist' }).click();
    const form = dialog('Add to the waitlist');
    await choose(form, 'Service', `Fitting ${mark}`);
    await form.getByRole('button', { name: 'Add days and times' }).click();
    await form.getByRole('textbox', { name: 'From' }).fill('8');
    await form.getByRole('textbox', { name: 'To' }).fill('2030');
    await form.getByRole('textbox', { name: 'To' }).press('Tab');
    await form.getByRole('checkbox', { name: 'Urgent' }).check();
    await form.getByLabel('Note').fill('Works nearby');
    await fine();
    await form.getByRole('button', { name: 'Add', exact: true }).click();
    await form.waitFor({ state: 'detached' });
    await page.getByRole('list', { name: 'On the waitlist' }).getByText('08:00–20:30').waitFor();
    assert.ok(!(page.url() + (await page.title())).includes(mark));
    await post(request, '/wishes', { patientId: second.id, serviceId: service.id, locationId: day.locationId, providerIds: [], windows: [], earliest: null, latest: null, noticeMinutes: 0, urgent: false, note: null, givesUpId: null });
  }, page);

  await must('the practice has it done by itself', async () => {
    await page.goto(`${BASE}/waitlist`);
    await page.getByText(/^It stands here and on Today/).waitFor();
    await page.getByText('Automatic', { exact: true }).click();
    await page.getByText(/^It is offered by e-mail to 2 patients at a time/).waitFor();
    await fine();
  }, page);

  const other = await open(browser, { watch, storageState: await context.storageState() });
  await other.page.goto(`${BASE}/calendar?date=${day.day}&location=${day.locationId}`);
  let opening;
  await must('an appointment is cancelled: both are asked, and it shows without reloading', async () => {
    const visit = await book(leaves, '10:00');
    await other.page.locator(`article[data-entry="${visit.id}"]`).first().waitFor();
    await cancel(visit);
    opening = await openingOf(visit);
    await card(page, opening).getByText('Asked', { exact: true }).nth(1).waitFor();
    await card(page, opening).getByText(/min left$/).waitFor();
    await fine();
  }, page);

  const links = [await mailedLink(first.email, '/v'), await mailedLink(second.email, '/v')];
  const phone = await open(browser, { watch, phone: true, lang: 'ar' });
  const enter = async (p, link) => {
    await p.goto(link);
    await p.locator('input').first().waitFor();
    const whole = p.locator('input[type=date]');
    if (await whole.count()) await whole.fill('1990-05-17');
    else for (const [n, part] of ['17', '5', '1990'].entries()) await p.locator('input').nth(n).fill(part);
    await p.locator('button[type=submit]').click();
  };
  await must('the first one takes it on a phone, in Arabic', async () => {
    await enter(phone.page, links[0]);
    await phone.page.getByRole('button', { name: 'قبول الموعد' }).waitFor();
    await fine(phone.page);
    assert.ok(!phone.page.url().includes('vl_'), 'the token is out of the address');
    await phone.page.getByRole('button', { name: 'قبول الموعد' }).click();
    await phone.page.getByText('الموعد لك').waitFor();
    await fine(phone.page);
  }, phone.page);

  await step('the calendar on the second screen shows it without reloading, and the waitlist lets it go', async () => {
    const { filledBy } = await get(request, `/openings/${opening.id}`);
    await other.page.locator(`article[data-entry="${filledBy}"]`).first().waitFor();
    await card(page, opening).waitFor({ state: 'detached' });
  }, other.page);

  await step('the second one is told kindly that it is taken', async () => {
    await phone.context.clearCookies();
    const late = await open(browser, { watch, phone: true });
    await enter(late.page, links[1]);
    await late.page.getByText('Somebody else was faster').waitFor();
    await fine(late.page);
    await late.context.close();
  });

  await step('staff decide themselves: the hole stands on Today, and is booked right there', async () => {
    await page.getByText('Ask me', { exact: true }).click();
    await page.getByText(/^It stands here and on Today/).waitFor();
    const visit = await book(leaves, '11:00', 1);
    await cancel(visit);
    opening = await openingOf(visit);
    await page.goto(`${BASE}/today`);
    const list = page.getByRole('region', { name: 'Holes to fill' });
    const row = list.locator('li').filter({ has: page.locator(`[data-row="${opening.id}"]`) });
    // months ahead: what is sooner comes first, and the rest when it is asked for
    const more = list.getByRole('button', { name: /^Show/ });
    await list.locator('[data-row]').first().waitFor();
    if (await more.count()) await more.click();
    // the demo's own people wait as well, and longer
    const { givenName, familyName } = opening.matches[0].patient;
    const [give, name] = [row.getByRole('button', { name: /^Book it for / }), `${givenName} ${familyName}`];
    assert.equal(await give.getAttribute('aria-label'), `Book it for ${name}`);
    await fine();
    await give.click();
    await page.getByText(`Booked for ${name}`).waitFor();
    await row.waitFor({ state: 'detached' });
    assert.deepEqual(opening.offers, [], 'and nobody was asked');
  }, page);

  await step('a rule, a completed visit: who should come again, reached, booked, and off the list', async () => {
    await page.goto(`${BASE}/recalls`);
    await page.getByRole('button', { name: 'Rules' }).click();
    await page.getByRole('switch', { name: `Ask again after Fitting ${mark}` }).click();
    await dialog('Who is asked to come again').getByRole('listitem').filter({ hasText: `Fitting ${mark}` }).getByRole('textbox', { name: 'Months later' }).waitFor();
    await fine();
    await page.keyboard.press('Escape');
    const visit = await book(leaves, '12:00');
    await post(request, `/appointments/${visit.id}/status`, { version: visit.version, status: 'completed' });
    const month = new Date(`${day.day}T12:00:00Z`);
    month.setUTCDate(1);
    month.setUTCMonth(month.getUTCMonth() + 6);
    await page.goto(`${BASE}/recalls?month=${month.toISOString().slice(0, 7)}&service=${service.id}`);
    await page.getByRole('button', { name: new RegExp(`Lina ${family}`) }).click();
    const recall = dialog('Recall');
    await recall.getByRole('heading', { name: 'Note an attempt' }).waitFor();
    await recall.getByLabel('Note', { exact: true }).fill('Rang twice');
    await recall.getByRole('button', { name: 'Note it' }).click();
    await recall.getByText('Phone: No answer').waitFor();
    await fine();
    await post(request, '/appointments', { patientId: leaves.id, serviceId: service.id, locationId: day.locationId, providerIds: [day.providers[1]], start: at(day.day, '12:30') });
    await recall.getByRole('button', { name: 'Show the appointment' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('Nobody to reach').waitFor();
    await page.getByRole('button', { name: 'Booked', exact: true }).click();
    await page.getByRole('button', { name: new RegExp(`Lina ${family}`) }).waitFor();
  }, page);

  await Promise.all([other.context.close(), phone.context.close(), context.close()]);
}
