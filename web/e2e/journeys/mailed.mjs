// What begins with a link in a mail: a forgotten password, an invitation; then the switch between practices.
import assert from 'node:assert/strict';
import { axe, BASE, newcomer, open, signIn, signUp } from '../browser.mjs';
import { countMails, mailedLink } from '../mail.mjs';

export default async function ({ browser, watch, step, must }) {
  const who = newcomer();
  const { context, page } = await open(browser, { watch });
  const home = (p) => p.getByRole('heading', { level: 1, name: /Sara/ }).waitFor();
  await must('sign up', () => signUp(page, who), page);

  const forgetful = await open(browser, { watch });
  const p = forgetful.page;
  let link;
  await must('a forgotten password is answered by a mail', async () => {
    const known = countMails(who.email);
    await p.goto(`${BASE}/sign-in`);
    await p.getByRole('link', { name: 'Forgot your password?' }).click();
    await p.getByLabel('Email').fill(who.email);
    await p.getByRole('button', { name: 'Send the link' }).click();
    await p.getByRole('heading', { name: 'Look into your mail' }).waitFor();
    link = await mailedLink(who.email, '/reset', known);
  }, p);

  await step('its secret leaves the address bar at once', async () => {
    await p.goto(link);
    await p.getByRole('heading', { name: 'Choose a new password' }).waitFor();
    assert.equal(p.url(), `${BASE}/reset`);
    assert.equal(await p.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, history.state]).includes('#')), false);
  }, p);

  await step('a password that others know is refused in plain words', async () => {
    await p.getByLabel('New password').fill('password1234');
    await p.getByRole('button', { name: 'Save the password' }).click();
    await p.waitForFunction(() => document.activeElement?.getAttribute('aria-invalid') === 'true');
    assert.deepEqual((await axe(p)).grave, []);
  }, p);

  await step('the new password holds, and every session is over', async () => {
    await p.getByLabel('New password').fill('five slow green boats');
    await p.getByRole('button', { name: 'Save the password' }).click();
    await p.getByRole('heading', { name: 'Your password is changed' }).waitFor();
    await p.getByRole('link', { name: 'Sign in' }).click();
    await signIn(p, who);
    await p.getByText('The email or the password is not right.').waitFor();
    who.password = 'five slow green boats';
    await signIn(p, who);
    await home(p);
    await page.goto(`${BASE}/account`);
    await page.waitForURL(/\/sign-in/);
    await signIn(page, who);
    await page.waitForURL(/\/account$/);
  }, p);

  await step('the link works once, and says so', async () => {
    await p.goto(link);
    await p.getByLabel('New password').fill('six quick yellow kites');
    await p.getByRole('button', { name: 'Save the password' }).click();
    await p.getByRole('link', { name: 'Ask for a new link' }).waitFor();
    assert.deepEqual((await axe(p)).grave, []);
  }, p);
  await forgetful.context.close();

  const guest = newcomer();
  const invited = await open(browser, { watch });
  const g = invited.page;
  const invite = async (email, role) => {
    const answer = await page.request.post(`${BASE}/api/v1/invites`, {
      headers: { 'Idempotency-Key': crypto.randomUUID(), Origin: BASE },
      data: { email, role, language: 'en', name: 'Omar Nasser' },
    });
    assert.ok(answer.ok(), `${answer.status()} ${await answer.text()}`);
    return answer.json();
  };

  await must('an invitation says what it is, and makes an account', async () => {
    const known = countMails(guest.email);
    await invite(guest.email, 'receptionist');
    link = await mailedLink(guest.email, '/invite', known);
    await g.goto(link);
    await g.getByRole('heading', { name: /^Join / }).waitFor();
    assert.equal(g.url(), `${BASE}/invite`);
    await g.getByText('Receptionist').waitFor();
    assert.equal(await g.getByText(guest.email).count(), 0, 'the address is masked');
    assert.deepEqual((await axe(g)).grave, []);
    await g.getByLabel('Your name').fill('Omar Nasser');
    await g.getByLabel('New password').fill(guest.password);
    await g.getByRole('button', { name: 'Create the account and join' }).click();
    await g.getByRole('heading', { level: 1, name: /Omar/ }).waitFor();
  }, g);

  await step('an invitation that was accepted says what to do', async () => {
    const late = await open(browser, { watch });
    await late.page.goto(link);
    await late.page.getByRole('heading', { name: 'This invitation was accepted already' }).waitFor();
    assert.deepEqual((await axe(late.page)).grave, []);
    await late.page.goto(`${BASE}/invite#no-such-thing`);
    await late.page.getByRole('heading', { name: 'This invitation does not work' }).waitFor();
    await late.context.close();
  }, g);

  await step('whoever has an account joins with it, and goes between their practices', async () => {
    const other = newcomer('Gamma Clinic');
    const second = await open(browser, { watch });
    await signUp(second.page, { ...other, slug: other.slug.replace('alpha', 'gamma') });
    const answer = await invite(other.email, 'provider');
    await second.page.goto(answer.link);
    await second.page.getByText('You are signed in as').waitFor();
    await second.page.getByRole('button', { name: 'Join', exact: true }).click();
    // the day comes first; which practice it is stands on the home page
    const at = async (slug) => {
      await second.page.waitForURL(/\/today$/);
      await second.page.goto(`${BASE}/home`);
      await second.page.getByText(slug).waitFor();
    };
    await at(who.slug);
    await second.page.getByRole('button', { name: 'Account menu' }).focus();
    await second.page.keyboard.press('Enter');
    await second.page.getByRole('menuitem', { name: /Gamma Clinic/ }).focus();
    assert.deepEqual((await axe(second.page)).grave, []);
    await second.page.keyboard.press('Enter');
    await at(other.slug.replace('alpha', 'gamma'));
    await second.context.close();
  }, page);

  await step('rights that change show without signing in again', async () => {
    await g.getByRole('link', { name: 'Settings' }).first().click();
    assert.equal(await g.getByRole('link', { name: /^Security/ }).count(), 0);
    const { items } = await (await page.request.get(`${BASE}/api/v1/staff`)).json();
    const omar = items.find((member) => member.email === guest.email);
    const answer = await page.request.patch(`${BASE}/api/v1/staff/${omar.id}`, { headers: { Origin: BASE }, data: { version: omar.version, role: 'admin' } });
    assert.ok(answer.ok(), `${answer.status()} ${await answer.text()}`);
    // it is told at once, by the live socket
    await g.getByRole('link', { name: /^Services/ }).first().click();
    await g.getByRole('link', { name: 'Security' }).first().waitFor();
  }, g);

  await invited.context.close();
  await context.close();
}
