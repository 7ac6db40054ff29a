// Booking online: a first visit on a phone in Arabic, the front desk sees it at once, the next one hears that it is taken;
// and within another website, if the practice has named it.
import assert from 'node:assert/strict';
import http from 'node:http';
import { at, get } from '../appointments.mjs';
import { axe, BASE, demoOwner, open, signInAtDoor } from '../browser.mjs';

const HOUR_MS = 3_600_000;
const PAGE = `${BASE}/book/alpha`;

/** Another website, on this machine, that shows the page within its own. */
async function website() {
  const server = http.createServer((_, answer) => {
    answer.setHeader('content-type', 'text/html');
    answer.end(`<!doctype html><html lang="en"><title>Clinic</title><iframe src="${PAGE}?embed=1" title="Booking" style="width:100%;height:300px"></iframe>
      <script>window.heights = []; addEventListener('message', (e) => e.origin === '${new URL(BASE).origin}' && window.heights.push(e.data.height));</script>`);
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return { origin: `http://localhost:${server.address().port}`, close: () => server.close() };
}

/** It goes through the practice that the demo comes with. */
export const inDemo = true;

export default async function ({ browser, watch, step, must }) {
  const { context, page: desk } = await open(browser, { watch });
  const mark = Date.now().toString(36);
  await must('the front desk is open', () => signInAtDoor(desk, demoOwner), desk);
  const { request } = desk;
  const decide = async (change) => {
    const { version, updatedAt: _, ...rules } = await get(request, '/online-booking');
    const answer = await request.put(`${BASE}/api/v1/online-booking`, { headers: { Origin: BASE }, data: { version, rules: { ...rules, ...change } } });
    assert.ok(answer.ok(), await answer.text());
  };
  await decide({ enabled: true, origins: [] });

  const { context: phone, page } = await open(browser, { lang: 'ar', phone: true, watch });
  const fine = async (p = page) => assert.deepEqual((await axe(p)).grave, []);
  const name = `زائر${mark}`;
  const fill = async (p, given) => {
    await p.locator('input[autocomplete=given-name]').fill(given);
    await p.locator('input[autocomplete=family-name]').fill('الحربي');
    await p.locator('input[autocomplete=bday]').fill('1992-03-04');
    await p.locator('input[type=tel]').fill(`050${String(Date.now()).slice(-7)}`);
  };
  let chosen;

  await must('a visitor finds the practice, a service, a place and a time', async () => {
    await page.goto(PAGE);
    await page.getByRole('heading', { level: 1, name: 'احجز موعدًا' }).waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.dir), 'rtl');
    await fine();
    await page.getByRole('link', { name: /استشارة/ }).first().click();
    await page.waitForURL(/\/book\/alpha\/consultation/);
    await page.getByText('العليا').click();
    await page.locator('[data-start]').first().waitFor();
    await fine();
    chosen = await page.locator('[data-start]').last().getAttribute('data-start');
    await page.locator('[data-start]').last().click();
    await page.locator('[role=timer]').waitFor();
    await fine();
  }, page);

  await step('the way back is the browser’s, and what is held is free again', async () => {
    await page.goBack();
    await page.locator(`[data-start="${chosen}"]`).click();
    await page.locator('[role=timer]').waitFor();
  }, page);

  const day = at(new Date(Date.parse(chosen) + 3 * HOUR_MS).toISOString().slice(0, 10), '00:00').slice(0, 10);
  const { id: locationId } = (await get(request, '/locations')).items.find((one) => one.name === 'Al Olaya');
  await step('the form says what is missing, beside the field', async () => {
    await page.getByRole('button', { name: 'احجز هذا الموعد' }).click();
    assert.equal(await page.locator('[aria-invalid=true]').count(), 3);
    await fine();
  }, page);

  await must('the visit is booked, and stands in the calendar of the front desk without a reload', async () => {
    await desk.goto(`${BASE}/calendar?date=${day}&location=${locationId}`);
    await desk.locator('.ec-col-head').first().waitFor();
    await fill(page, name);
    await page.getByRole('button', { name: 'احجز هذا الموعد' }).click();
    await page.getByRole('heading', { level: 1, name: 'تم حجز موعدك' }).waitFor();
    assert.match(await page.locator('[data-reference]').innerText(), /^[\dA-F]{4}-[\dA-F]{4}$/);
    assert.ok(!(page.url() + (await page.title())).includes(mark), page.url());
    await fine();
    await desk.getByText(name).first().waitFor();
  }, page);

  await step('whoever goes back finds no form with what was entered', async () => {
    await page.goBack();
    await page.locator('[data-start], [href*="/book/alpha/"]').first().waitFor();
    assert.equal(await page.getByText(name).count(), 0);
  }, page);
  await phone.close();

  await step('somebody else who wants the same time hears that it is taken, and takes another', async () => {
    const { context: other, page: second } = await open(browser, { watch });
    const { items } = await get(request, `/appointments?from=${encodeURIComponent(chosen)}&to=${encodeURIComponent(new Date(Date.parse(chosen) + 60_000).toISOString())}`);
    const mine = items.find((one) => one.source === 'online');
    await second.goto(`${PAGE}/consultation?location=${locationId}&provider=${mine.providerIds[0]}&at=${encodeURIComponent(chosen)}`);
    await second.getByText('This time has just been taken.').waitFor();
    await fine(second);
    await second.locator('[data-alternative]').first().click();
    await second.locator('[role=timer]').waitFor();
    await fill(second, `Second${mark}`);
    await second.getByRole('button', { name: 'Book this visit' }).click();
    await second.getByRole('heading', { level: 1, name: 'Your visit is booked' }).waitFor();
    await other.close();
  });

  await step('a page that is switched off, or of nobody, says so', async () => {
    const { context: other, page: stranger } = await open(browser, { watch });
    await stranger.goto(`${BASE}/book/nobody-${mark}`);
    await stranger.getByRole('heading', { level: 1, name: 'Online booking is not available here' }).waitFor();
    await fine(stranger);
    await other.close();
  });

  const [named, strange] = [await website(), await website()];
  await step('a website that the practice has named shows the page, and learns its height', async () => {
    await decide({ origins: [named.origin] });
    const heard = [];
    const { context: other, page: guest } = await open(browser, { watch: heard });
    // other servers may believe what was so for some seconds
    for (let tries = 0; ; tries++) {
      await guest.goto(named.origin);
      const shown = await guest.frameLocator('iframe').getByRole('heading', { level: 1 }).waitFor({ timeout: 3_000 }).then(() => true, () => false);
      if (shown) break;
      assert.ok(tries < 10, 'it is never shown');
    }
    await guest.waitForFunction(() => window.heights.some((height) => height > 300));
    await guest.frameLocator('iframe').getByRole('link', { name: /Consultation/ }).first().click();
    await guest.frameLocator('iframe').getByText('Al Olaya').click();
    await guest.frameLocator('iframe').locator('[data-start]').first().waitFor();
    assert.equal((await other.cookies()).length, 0, 'no cookies');
    // while it was still refused the browser said so, and let nobody near its own page about that
    watch.push(...heard.filter((line) => !/frame-ancestors|Access is denied for this document/.test(line)));
    await other.close();
  });
  await step('any other website is refused', async () => {
    const refused = [];
    const { context: other, page: guest } = await open(browser, { watch: refused });
    await guest.goto(strange.origin);
    await guest.waitForTimeout(1_500);
    assert.ok(refused.some((line) => /frame-ancestors/.test(line)), refused.join('\n'));
    assert.equal(await guest.frameLocator('iframe').getByRole('heading', { level: 1 }).count(), 0);
    await other.close();
  });
  named.close();
  strange.close();

  await step('the settings: switched off at once, for everybody', async () => {
    await desk.goto(`${BASE}/settings/online-booking`);
    await desk.getByRole('heading', { level: 1, name: 'Online booking' }).waitFor();
    await desk.getByRole('img', { name: 'The address as a QR code' }).waitFor();
    await fine(desk);
    await desk.getByRole('switch', { name: 'Online booking' }).click();
    await desk.getByRole('button', { name: 'Save', exact: false }).click();
    await desk.getByText('Switched off').waitFor();
    assert.equal((await request.get(`${BASE}/api/v1/booking/practice?practice=alpha`)).status(), 404);
    await decide({ enabled: true, origins: [] });
  }, desk);
  await context.close();
}
