// Webhooks: an endpoint, what it is told of and how it proves it, a receiver that fails and what is sent again, the end.
import assert from 'node:assert/strict';
import { axe, BASE, newcomer, open, signUp } from '../browser.mjs';
import { isSigned, receive, RECEIVER } from '../webhooks.mjs';

export default async function (tools) {
  const receiver = await receive();
  const opened = await open(tools.browser, { watch: tools.watch });
  try {
    await walk(opened, receiver, tools);
  } finally {
    await receiver.close();
    await opened.context.close();
  }
}

async function until(what, holds) {
  for (const end = Date.now() + 20_000; Date.now() < end; await new Promise((go) => setTimeout(go, 100))) {
    const found = await holds();
    if (found) return found;
  }
  throw new Error(`${what} does not come`);
}

async function walk({ page }, receiver, { step, must }) {
  const fine = async () => assert.deepEqual((await axe(page)).grave, []);
  const drawer = page.getByRole('dialog');
  const secretOf = async () => (await drawer.getByRole('textbox', { name: 'Secret for signatures' }).inputValue()).trim();
  const rows = page.locator('[data-endpoint]');
  const told = (type) => receiver.calls.filter(({ body }) => JSON.parse(body).type === type);
  let secret;
  let service;

  await must('a new practice has no endpoints', async () => {
    await signUp(page, newcomer());
    await page.goto(`${BASE}/settings/webhooks`);
    await page.getByRole('heading', { name: 'No endpoints yet' }).waitFor();
    await fine();
  }, page);

  await step('what cannot be called is refused at its field', async () => {
    await page.getByRole('button', { name: 'New endpoint' }).click();
    await drawer.getByRole('button', { name: 'Create endpoint' }).click();
    await drawer.getByText('Choose at least one.').waitFor();
    await drawer.getByLabel('Address').fill('https://0x7f.1/hooks');
    await drawer.getByRole('checkbox', { name: 'Everything' }).check();
    await drawer.getByRole('button', { name: 'Create endpoint' }).click();
    await drawer.getByText('Use an address on the public internet.').waitFor();
    await fine();
  }, page);

  await must('create an endpoint for services alone; its secret is shown', async () => {
    await drawer.getByRole('checkbox', { name: 'Everything' }).uncheck();
    await drawer.getByLabel('Address').fill(`${RECEIVER}/erp`);
    await drawer.getByLabel('What is it for?').fill('ERP');
    await drawer.locator('[data-area=practice] summary').click();
    await drawer.getByRole('checkbox', { name: 'service.created' }).check();
    await drawer.getByRole('checkbox', { name: 'service.changed' }).check();
    await drawer.getByRole('button', { name: 'Create endpoint' }).click();
    await drawer.getByText('Endpoint created').waitFor();
    secret = await secretOf();
    assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
    await fine();
    await drawer.getByRole('button', { name: 'Done' }).click();
    await rows.getByText('service.changed').waitFor();
  }, page);

  await must('a test arrives, signed', async () => {
    await rows.first().click();
    await drawer.getByRole('button', { name: 'Send a test' }).click();
    await until('the test', () => told('webhook.test').length);
    assert.ok(isSigned(told('webhook.test')[0], secret));
    await drawer.locator('[data-delivery=delivered]').getByText('webhook.test').waitFor();
    await fine();
  }, page);

  await step('a service is offered: its id is told, its price and name are not', async () => {
    const data = { nameEn: 'Secret polish', durationMinutes: 30, price: { amountMinor: 12_345, currency: 'SAR' }, vatCategory: 'standard', colour: 'teal' };
    const answer = await page.request.post(`${BASE}/api/v1/services`, { headers: { 'Idempotency-Key': crypto.randomUUID(), Origin: BASE }, data });
    service = await answer.json();
    const [call] = await until('the service', () => told('service.created').length && told('service.created'));
    const { data: about } = JSON.parse(call.body);
    assert.deepEqual([about.subjectType, about.subjectId, about.version], ['service', service.id, 1]);
    assert.ok(isSigned(call, secret) && !/Secret polish|12345/.test(call.body));
  }, page);

  await step('what was not taken waits, says why, and comes again under the same id', async () => {
    receiver.status = 500;
    await page.request.patch(`${BASE}/api/v1/services/${service.id}`, { headers: { Origin: BASE }, data: { version: 1, durationMinutes: 45 } });
    const waiting = drawer.locator('[data-delivery=pending]');
    await waiting.getByText('Answered 500').waitFor();
    await drawer.getByText('Nothing was taken since').waitFor();
    await waiting.click();
    await drawer.getByRole('list', { name: 'Tries' }).getByText('Answered 500').first().waitFor();
    await fine();
    const before = told('service.changed').length;
    receiver.status = 200;
    // whoever has mended their program need not wait for the next try
    await drawer.getByRole('button', { name: 'Disable' }).click();
    await drawer.getByText('Somebody disabled it.').waitFor();
    await drawer.getByRole('button', { name: 'Enable' }).click();
    const calls = await until('the next try', () => told('service.changed').length > before && told('service.changed'));
    assert.equal(new Set(calls.map(({ headers, body }) => `${headers['webhook-id']} ${body}`)).size, 1);
    await drawer.getByText('Nothing was taken since').waitFor({ state: 'detached' });
  }, page);

  await step('the log is filtered, and a delivery is sent again', async () => {
    await drawer.getByText('Given up', { exact: true }).click();
    await drawer.getByText('There are none.').waitFor();
    await drawer.getByRole('radiogroup').getByText('Delivered', { exact: true }).click();
    const before = told('service.created').length;
    const line = drawer.locator('[data-delivery=delivered]').filter({ hasText: 'service.created' });
    await line.getByRole('button').first().click();
    await line.getByRole('button', { name: 'Send again' }).click();
    await until('it again', () => told('service.created').length > before);
    const ids = new Set(told('service.created').map(({ headers }) => headers['webhook-id']));
    assert.equal(ids.size, 1);
  }, page);

  await step('a new secret signs beside the old one', async () => {
    await drawer.getByRole('button', { name: 'New secret' }).click();
    await drawer.getByRole('alert').getByRole('button', { name: 'New secret' }).click();
    const renewed = await drawer.getByRole('textbox', { name: 'Secret for signatures' }).inputValue();
    assert.notEqual(renewed, secret);
    const before = told('webhook.test').length;
    await drawer.getByRole('button', { name: 'Send a test' }).click();
    const call = (await until('the test', () => told('webhook.test').length > before && told('webhook.test'))).at(-1);
    assert.ok(isSigned(call, secret) && isSigned(call, renewed));
  }, page);

  await step('one that is gone is disabled and says so', async () => {
    receiver.status = 410;
    await drawer.getByRole('button', { name: 'Send a test' }).click();
    await drawer.getByText('It answered that it is gone for good.').waitFor();
    await fine();
    receiver.status = 200;
    await drawer.getByRole('button', { name: 'Enable' }).click();
    await drawer.getByRole('button', { name: 'Disable' }).waitFor();
  }, page);

  await step('in Arabic it is the same', async () => {
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'العربية' }).click();
    await page.getByRole('heading', { level: 1, name: 'إشعارات البرامج' }).waitFor();
    await rows.first().click();
    await drawer.getByText('سُلِّمت').first().waitFor();
    await fine();
  }, page);

  await step('delete it', async () => {
    await drawer.getByRole('button', { name: 'حذف' }).click();
    await drawer.getByRole('alert').getByRole('button', { name: 'حذف' }).click();
    await page.getByRole('heading', { name: 'لا توجد وجهات بعد' }).waitFor();
  }, page);
}
