// A practice begins to demand a second factor of whoever sees patients: those who have none are kept until they do.
import assert from 'node:assert/strict';
import { axe, BASE, newcomer, open, signUp } from '../browser.mjs';
import { canReachBack, joinedEarlier } from '../past.mjs';
import { authenticator } from '../totp.mjs';

export default async function ({ browser, watch, step, must }) {
  if (!canReachBack()) return console.log('left out: it needs VANTAGE_DATA_DIR, the folder of the demo that is running');
  const who = newcomer();
  const { page } = await open(browser, { watch });
  const post = async (at, path, data) => {
    const answer = await at.request.post(`${BASE}/api/v1${path}`, { headers: { Origin: BASE, 'Idempotency-Key': crypto.randomUUID() }, data });
    assert.ok(answer.ok(), `${path}: ${answer.status()}`);
    return answer.json();
  };
  /** Somebody in that role, at their own machine, for longer than people are given time. */
  const colleague = async (role) => {
    const email = `${role}.${who.email}`;
    const { link } = await post(page, '/invites', { email, role, language: 'en' });
    const theirs = await open(browser, { watch });
    await post(theirs.page, '/auth/invite/accept', { token: link.split('#')[1], name: 'Sara Nasser', password: who.password });
    joinedEarlier(email, 8);
    await theirs.page.goto(BASE);
    await theirs.page.getByRole('heading', { level: 1, name: /Sara/ }).waitFor();
    return theirs.page;
  };
  const demand = async (whom) => {
    await page.goto(`${BASE}/settings/security`);
    await page.getByLabel(whom, { exact: true }).check();
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByText('Security settings saved').waitFor();
  };
  let provider;
  let accountant;

  await must('a practice that leaves it to each person', async () => {
    await signUp(page, who);
    await demand('Left to each person');
    provider = await colleague('provider');
    accountant = await colleague('accountant');
  }, page);

  await must('once it is demanded of those who see patients, they are led to setting it up', async () => {
    await demand('Whoever can see patients');
    await provider.waitForURL(/\/enrol$/);
    await provider.getByRole('heading', { level: 1, name: 'Set up a second factor' }).waitFor();
    assert.deepEqual((await axe(provider)).grave, []);
  }, provider);

  await step('and nothing else is open to them, by the address or by the API', async () => {
    await provider.goto(`${BASE}/settings/services`);
    await provider.waitForURL(/\/enrol$/);
    // programs with the same cookies obey as soon as the session is renewed, which is every ten minutes
    await provider.request.post(`${BASE}/api/v1/auth/refresh`, { headers: { Origin: BASE } });
    const refused = await provider.request.get(`${BASE}/api/v1/services`);
    assert.equal(refused.status(), 403);
    assert.equal((await refused.json()).code, 'auth.second_factor_enrolment');
  }, provider);

  await step('others go on as before, and the owner is told by when', async () => {
    await accountant.reload();
    await accountant.getByRole('heading', { level: 1, name: /Sara/ }).waitFor();
    await page.reload();
    await page.getByText(/your practice asks for a second factor/).waitFor();
  }, accountant);

  await step('with an app they are in', async () => {
    await provider.getByRole('button', { name: 'Use an app on my telephone' }).click();
    const password = provider.getByLabel('Password', { exact: true });
    const key = provider.getByLabel('Key');
    await password.or(key).first().waitFor();
    if (await password.count()) {
      await password.fill(who.password);
      await provider.locator('button[type=submit]').click();
    }
    await provider.getByLabel('6-digit code').fill(await authenticator(await key.inputValue())());
    await provider.getByLabel('I have put them in a safe place').check();
    await provider.getByRole('button', { name: 'Done' }).click();
    await provider.getByRole('heading', { level: 1, name: /Sara/ }).waitFor();
    assert.ok((await provider.request.get(`${BASE}/api/v1/services`)).ok());
  }, provider);
}
