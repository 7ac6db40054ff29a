// The calendar: moving by mouse, finger and keyboard, in both directions of writing and from another time zone.
import assert from 'node:assert/strict';
import { at, get, post, quietDay, visitors } from '../appointments.mjs';
import { BASE, demoOwner, open, signInAtDoor, speak } from '../browser.mjs';

const QUARTER_PX = 24;
const HOUR_PX = 4 * QUARTER_PX;

/** It goes through the practice that the demo comes with. */
export const inDemo = true;

export default async function ({ browser, watch, step, must }) {
  const { context, page } = await open(browser, { watch });
  await must('the practice of the demo', () => signInAtDoor(page, demoOwner), page);
  const { request } = page;
  const { day, locationId, providers } = await quietDay(request);
  const { patients, serviceId } = await visitors(request, 3);
  const [first, second] = providers;
  const book = (patient, time, providerId) =>
    post(request, '/appointments', { patientId: patients[patient], serviceId, locationId, providerIds: [providerId], start: at(day, time), durationMinutes: 60 });
  const mine = await book(0, '10:00', first);
  const taken = await book(1, '12:00', first);
  const state = async (id = mine.id) => get(request, `/appointments/${id}`);
  const startsAt = async (time, id) => assert.equal(Date.parse((await state(id)).start), Date.parse(at(day, time)));

  const address = `${BASE}/calendar?date=${day}&location=${locationId}`;
  const visit = async (p, more = '') => {
    await p.goto(address + more);
    await entry(p).waitFor();
  };
  const entry = (p, id = mine.id) => p.locator(`article[data-entry="${id}"]:not(.ec-ghost)`).first();
  const head = (p, column) => p.locator('.ec-col-head').nth(column);
  const middle = (box) => ({ x: box.x + box.width / 2, y: box.y + Math.min(12, box.height / 2) });
  const answered = (p) => p.waitForResponse((r) => /\/move$/.test(r.url()));
  /** Takes hold of an appointment and lets go of it so many pixels further. */
  const drag = async (p, from, to) => {
    const answer = answered(p);
    await p.mouse.move(from.x, from.y);
    await p.mouse.down();
    await p.mouse.move(from.x + (to.x - from.x) / 2, from.y + (to.y - from.y) / 2, { steps: 6 });
    await p.mouse.move(to.x, to.y, { steps: 6 });
    await p.mouse.up();
    return (await answer).status();
  };
  /** Into the column of the other person, and an hour up or down. */
  const across = async (p, column, hours) => {
    const from = middle(await entry(p).boundingBox());
    const target = middle(await head(p, column).boundingBox());
    return drag(p, from, { x: target.x, y: from.y + hours * HOUR_PX });
  };
  const back = async (p) => {
    const answer = answered(p);
    await p.getByRole('button', { name: /^(Undo|تراجع)$/ }).last().click();
    assert.equal((await answer).status(), 200);
  };
  const columnOf = async (p, providerId) => {
    const { hours } = await get(request, `/calendar?locationId=${locationId}&from=${day}&to=${day}`);
    return hours.findIndex((h) => h.providerId === providerId);
  };
  const [one, other] = [await columnOf(page, first), await columnOf(page, second)];

  await step('an appointment is dragged to somebody else and another time, and undone', async () => {
    await visit(page);
    assert.equal(await across(page, other, 1), 200);
    await startsAt('11:00');
    assert.deepEqual((await state()).providerIds, [second]);
    await page.getByText(/^Moved to .*11:00/).waitFor();
    await back(page);
    await startsAt('10:00');
    assert.deepEqual((await state()).providerIds, [first]);
  }, page);

  await step('its end is pulled to make it longer', async () => {
    await visit(page);
    const box = await entry(page).boundingBox();
    const from = { x: box.x + box.width / 2, y: box.y + box.height - 3 };
    assert.equal(await drag(page, from, { x: from.x, y: from.y + QUARTER_PX }), 200);
    assert.equal(Date.parse((await state()).end), Date.parse(at(day, '11:15')));
    await page.getByText(/^Now lasts until 11:15/).waitFor();
    const undone = answered(page);
    await page.keyboard.press('u');
    await undone;
    assert.equal(Date.parse((await state()).end), Date.parse(at(day, '11:00')));
  }, page);

  await step('what is taken sends it back, says what it is and offers other times', async () => {
    await visit(page);
    const before = await entry(page).boundingBox();
    const from = middle(before);
    assert.equal(await drag(page, from, { x: from.x, y: from.y + 2 * HOUR_PX }), 409);
    await page.getByRole('dialog', { name: 'It stays where it was' }).waitFor();
    await page.getByText('The provider is already booked at that time.').waitFor();
    assert.equal(await page.locator('[data-alternative]').count(), 3);
    await page.getByRole('button', { name: 'Leave it where it was' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    const after = await entry(page).boundingBox();
    assert.ok(Math.abs(after.y - before.y) < 2 && Math.abs(after.x - before.x) < 2, 'it is back');
    await startsAt('10:00');
  }, page);

  await step('one of the other times is taken by keyboard', async () => {
    await visit(page);
    const from = middle(await entry(page).boundingBox());
    await drag(page, from, { x: from.x, y: from.y + 2 * HOUR_PX });
    const answer = answered(page);
    await page.waitForFunction(() => document.activeElement?.hasAttribute('data-alternative'));
    await page.keyboard.press('Enter');
    assert.equal((await answer).status(), 200);
    assert.notEqual(Date.parse((await state()).start), Date.parse(at(day, '12:00')));
    await page.getByText(/^Moved to/).waitFor();
    await back(page);
    await startsAt('10:00');
  }, page);

  const storageState = await context.storageState();
  storageState.origins = [];

  const elsewhere = await open(browser, { storageState, watch });
  await step('a change elsewhere appears by itself', async () => {
    const { page: far } = elsewhere;
    await visit(far);
    await visit(page);
    const from = middle(await entry(page).boundingBox());
    assert.equal(await drag(page, from, { x: from.x, y: from.y + QUARTER_PX }), 200);
    await entry(far).getByText(/10:15/).waitFor();
    await back(page);
    await entry(far).getByText(/10:00/).waitFor();
  }, elsewhere.page);
  await elsewhere.context.close();

  await step('free time is pressed to book at it', async () => {
    await visit(page);
    const box = await entry(page).boundingBox();
    const target = middle(await head(page, other).boundingBox());
    await page.mouse.click(target.x, box.y + HOUR_PX + 3);
    await page.waitForURL(/book=true/);
    await page.goBack();
  }, page);

  await step('by keyboard alone: to an appointment, open it and move it', async () => {
    const press = (key) => page.keyboard.press(key);
    const focused = (what) => page.evaluate((w) => w.split(' | ').includes((document.activeElement?.labels?.[0] ?? document.activeElement)?.textContent?.trim()), what);
    const tabTo = async (what) => {
      for (let i = 0; i < 40; i++) {
        if (await focused(what)) return;
        await press('Tab');
      }
      throw new Error(`the tabulator never came to ${what}`);
    };
    await visit(page);
    await page.getByRole('button', { name: 'Hide cancelled' }).focus();
    for (let i = 0; i < 5; i++) {
      if (await page.evaluate(() => document.activeElement?.hasAttribute('data-entry'))) break;
      await press('Tab');
    }
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('data-entry')), mine.id);
    await press('Enter');
    await page.waitForURL(new RegExp(`appointment=${mine.id}`));
    await page.getByRole('dialog').waitFor();
    await page.getByRole('button', { name: 'Move', exact: true }).waitFor();
    await tabTo('Move');
    await press('Enter');
    await page.getByRole('dialog', { name: 'Move the appointment' }).waitFor();
    await tabTo('Time');
    await press('Control+a');
    await page.keyboard.type('9:30');
    await press('Tab');
    const answer = answered(page);
    await tabTo('Move');
    await press('Enter');
    assert.equal((await answer).status(), 200);
    await startsAt('09:30');
    await page.getByRole('dialog', { name: 'Move the appointment' }).waitFor({ state: 'detached' });
    await press('Escape');
    await page.waitForFunction((id) => document.activeElement?.getAttribute('data-entry') === id, mine.id);
    await entry(page).getByText(/09:30/).waitFor();
    await back(page);
    await startsAt('10:00');
  }, page);

  await step('views and days change by key', async () => {
    await visit(page);
    await page.keyboard.press('w');
    await page.waitForURL(/view=week/);
    await page.keyboard.press('m');
    await page.waitForURL(/view=month/);
    await page.locator(`[data-day="${day}"]`).waitFor();
    await page.keyboard.press('d');
    await page.keyboard.press('j');
    await page.waitForFunction((d) => !location.search.includes(d), day);
    await page.keyboard.press('ArrowLeft');
    await page.waitForFunction((d) => location.search.includes(d), day);
    await page.keyboard.press('t');
    await page.waitForFunction(() => !location.search.includes('date='));
  }, page);

  await step('a day of the month leads to the day', async () => {
    await page.goto(`${address}&view=month`);
    const cell = page.locator(`[data-day="${day}"]`);
    await cell.getByText('2 appointments', { exact: true }).waitFor();
    await cell.click();
    await entry(page).waitFor();
    assert.ok(!page.url().includes('view='));
  }, page);

  await step('in the week of one person it is dragged to another day', async () => {
    await visit(page, `&view=week&provider=${first}`);
    const box = await entry(page).boundingBox();
    const heads = await page.locator('.ec-col-head').evaluateAll((all) => all.map((h) => h.getBoundingClientRect().x));
    const width = heads[1] - heads[0];
    // after Thursday nobody works
    const last = new Date(day).getUTCDay() === 4;
    const from = middle(box);
    assert.equal(await drag(page, from, { x: from.x + (last ? -width : width), y: from.y }), 200);
    const moved = Date.parse((await state()).start);
    assert.equal(Math.abs(moved - Date.parse(at(day, '10:00'))), 86_400_000);
    await back(page);
    await startsAt('10:00');
  }, page);

  const abroad = await browser.newContext({ viewport: { width: 1440, height: 900 }, timezoneId: 'America/New_York', storageState });
  await step('a browser in another zone shows and moves by the clinic’s clock', async () => {
    const p = await abroad.newPage();
    await visit(p);
    await entry(p).getByText(/10:00/).waitFor();
    assert.equal(await across(p, other, 1), 200);
    await startsAt('11:00');
    await back(p);
    await startsAt('10:00');
  });
  await abroad.close();

  const finger = await open(browser, { phone: true, storageState, watch });
  await step('on a phone one person at a time, and a long press moves', async () => {
    const p = finger.page;
    await visit(p, `&provider=${first}`);
    assert.equal(await p.locator('.ec-col-head').count(), 1);
    await entry(p).scrollIntoViewIfNeeded();
    const { x, y } = middle(await entry(p).boundingBox());
    const touch = await p.context().newCDPSession(p);
    const send = (type, point) => touch.send('Input.dispatchTouchEvent', { type, touchPoints: point ? [point] : [] });
    const answer = answered(p);
    await send('touchStart', { x, y });
    await p.waitForTimeout(600);
    for (let i = 1; i <= 4; i++) await send('touchMove', { x, y: y + (i * 2 * QUARTER_PX) / 4 });
    await send('touchEnd');
    assert.equal((await answer).status(), 200);
    await startsAt('10:30');
    await back(p);
    await startsAt('10:00');
  }, finger.page);
  await finger.context.close();

  const arabic = await open(browser, { lang: 'ar', storageState, watch });
  await step('from right to left the mirrored column is hit', async () => {
    const p = arabic.page;
    await visit(p);
    const [a, b] = [await head(p, one).boundingBox(), await head(p, other).boundingBox()];
    assert.ok(one < other === a.x > b.x, 'columns run from the right');
    assert.equal(await across(p, other, 1), 200);
    await startsAt('11:00');
    assert.deepEqual((await state()).providerIds, [second]);
    await back(p);
    await startsAt('10:00');
  }, arabic.page);
  await arabic.context.close();

  await step('what was booked for this is taken back', async () => {
    const { reasons } = await get(request, '/scheduling-settings');
    const reason = reasons.find((r) => r.by === 'clinic' && !r.archived).key;
    for (const id of [mine.id, taken.id]) await post(request, `/appointments/${id}/cancel`, { version: (await state(id)).version, by: 'clinic', reason });
    await speak(context, 'en');
    await page.goto(address);
    await page.getByText('0 appointments').first().waitFor();
    assert.equal(await entry(page).count(), 0);
    await page.getByRole('button', { name: 'Hide cancelled' }).click();
    await entry(page).waitFor();
  }, page);
  await context.close();
}
