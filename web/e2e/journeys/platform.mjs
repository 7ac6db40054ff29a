// The platform's own console: an administrator is set up, founds a practice, closes and opens it, and looks into it
// under an access that the practice sees. VANTAGE_BIN and VANTAGE_DATA_DIR: the running server's.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { axe, BASE, newcomer, open } from '../browser.mjs';
import { countMails, mailedLink } from '../mail.mjs';
import { authenticator } from '../totp.mjs';

const REASON = 'The owner cannot find yesterday’s services, ticket 4711';
const SCREENS = ['', '/queues', '/failures', '/health', '/mails', '/access', '/me'];

/** The link that the server prints for a new administrator. */
const setUpLink = (email) => {
  const printed = execFileSync(process.env.VANTAGE_BIN, ['admin', 'create', '--email', email, '--name', 'Noura Platform'], { encoding: 'utf8', cwd: '/' });
  return `${BASE}/platform/setup#${printed.match(/\/platform\/setup#(\S+)/)[1]}`;
};

export default async function ({ browser, watch, step, must }) {
  if (!process.env.VANTAGE_BIN || !process.env.VANTAGE_DATA_DIR) {
    console.log('      left out: VANTAGE_BIN and VANTAGE_DATA_DIR say where the server is');
    return;
  }
  const guest = newcomer();
  const admin = { email: guest.email.replace('sara', 'noura'), password: 'seven tall copper lamps' };
  const owner = { ...guest, slug: guest.slug.replace('alpha', 'gamma'), name: 'Huda Salem' };
  const { context, page } = await open(browser, { watch });
  const shot = async (p, name) => process.env.SHOTS && p.screenshot({ path: `${process.env.SHOTS}/platform-${name}.png`, fullPage: true });
  const clean = async (p) => assert.deepEqual((await axe(p)).grave, []);
  let code;
  const h1 = (p, name) => p.getByRole('heading', { level: 1, name }).waitFor();

  await must('an administrator is set up with a link from the server', async () => {
    await page.goto(setUpLink(admin.email));
    await h1(page, 'Set up your account');
    assert.equal(page.url(), `${BASE}/platform/setup`);
    await clean(page);
    code = authenticator(await page.getByLabel('Or type this into the app').inputValue());
    await page.getByLabel('Password', { exact: true }).fill(admin.password);
    await page.getByLabel('Code').fill(await code());
    await page.getByRole('button', { name: 'Continue' }).click();
    await h1(page, 'Practices');
  }, page);

  await must('and signs in with both factors', async () => {
    await page.getByRole('button', { name: 'Sign out' }).click();
    await h1(page, 'Platform sign-in');
    await clean(page);
    await page.getByLabel('Email').fill(admin.email);
    await page.getByLabel('Password', { exact: true }).fill(admin.password);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByLabel('Code').fill(await code());
    await h1(page, 'Practices');
    await page.getByRole('link', { name: 'Alpha Dental Center' }).first().waitFor();
    await clean(page);
    await shot(page, 'practices');
  }, page);

  await must('a practice is founded, and says what is wrong before', async () => {
    await page.getByRole('button', { name: 'New practice' }).click();
    const form = page.getByRole('dialog', { name: 'New practice' });
    await form.getByLabel('Practice name').fill('Gamma Clinic');
    await form.getByLabel('Address name').fill('alpha');
    await form.getByLabel('Name', { exact: true }).fill(owner.name);
    await form.getByLabel('Owner’s email').fill('nobody');
    await form.getByRole('button', { name: 'Create and invite' }).click();
    await form.getByText('This is not an email address').or(form.getByText(/email/i)).first().waitFor();
    await form.getByLabel('Owner’s email').fill(owner.email);
    await form.getByRole('button', { name: 'Create and invite' }).click();
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-invalid') === 'true');
    await clean(page);
    await form.getByLabel('Address name').fill(owner.slug);
    await form.getByRole('button', { name: 'Add a person' }).click();
    const person = form.getByRole('group', { name: 'Person 1' });
    await person.getByLabel('Name').fill('Omar Nasser');
    await person.getByLabel('Email').fill(`omar.${owner.email}`);
    await shot(page, 'new');
    await form.getByRole('button', { name: 'Create and invite' }).click();
    await h1(page, 'Gamma Clinic');
    await page.getByText('Waiting for its owner').first().waitFor();
    await page.getByText(owner.email).first().waitFor();
    await clean(page);
    await shot(page, 'practice');
  }, page);
  const practice = page.url().split('/').at(-1);

  const hers = await open(browser, { watch });
  const h = hers.page;
  await must('its owner comes by mail', async () => {
    const known = countMails(owner.email);
    await page.getByRole('listitem').filter({ hasText: owner.name }).getByRole('button', { name: 'Send again' }).click();
    await page.getByText('The invitation is on its way').waitFor();
    await h.goto(await mailedLink(owner.email, '/invite', known));
    await h.getByRole('heading', { name: /^Join / }).waitFor();
    await h.getByText('Owner').waitFor();
    await h.getByLabel('Your name').fill(owner.name);
    await h.getByLabel('New password').fill(owner.password);
    await h.getByRole('button', { name: 'Create the account and join' }).click();
    await h.getByRole('heading', { level: 1, name: /Huda/ }).waitFor();
    await page.reload();
    await h1(page, 'Gamma Clinic');
    await page.getByText('Accepted').waitFor();
    assert.equal(await page.getByText('Waiting for its owner').count(), 0);
  }, h);

  await step('a suspended practice is closed from the next request on, and opens again', async () => {
    await page.getByRole('button', { name: 'Suspend' }).click();
    await page.getByLabel('Reason').fill('Invoices are unpaid');
    await page.getByRole('button', { name: 'Suspend' }).click();
    await page.getByRole('button', { name: 'Resume' }).waitFor();
    await clean(page);
    const refused = await h.request.get(`${BASE}/api/v1/services`);
    assert.deepEqual([refused.status(), (await refused.json()).code], [403, 'practice.suspended']);
    await h.reload();
    await h.getByText(/suspended/i).first().waitFor();
    // the page's log names the refusal that this step provokes
    watch.splice(0, watch.length, ...watch.filter((line) => !line.includes('practice.suspended')));
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('button', { name: 'Suspend' }).waitFor();
    await h.reload();
    await h.getByRole('heading', { level: 1, name: /Huda/ }).waitFor();
  }, h);

  await step('limits are set, and what somebody else changed meanwhile is shown first', async () => {
    await page.getByLabel('Requests per second').fill('40');
    const { limits } = await (await page.request.get(`${BASE}/api/v1/admin/practices/${practice}`)).json();
    const other = await page.request.put(`${BASE}/api/v1/admin/practices/${practice}/limits`, { headers: { Origin: BASE }, data: { ...limits, maxStaff: 9 } });
    assert.equal(other.status(), 200);
    const form = page.getByRole('form', { name: 'Limits' });
    await form.getByRole('button', { name: 'Save changes' }).click();
    await form.getByRole('alert').waitFor();
    await form.getByRole('alert').getByRole('button').click();
    assert.equal(await page.getByLabel('People at most').inputValue(), '9');
    await form.getByRole('button', { name: 'Save changes' }).click();
    await page.getByText('Limits saved').waitFor();
    await page.getByText('Changed limits').first().waitFor();
  }, page);

  await step('nothing of a practice is read without an access', async () => {
    const refused = await page.request.get(`${BASE}/api/v1/services`);
    assert.deepEqual([refused.status(), (await refused.json()).code], [403, 'support_access.required']);
    await page.goto(`${BASE}/platform/practices/${practice}/read`);
    await page.getByRole('heading', { name: 'No access is open' }).waitFor();
    await clean(page);
    await page.goto(`${BASE}/platform/practices/${practice}`);
  }, page);

  await must('an access takes a reason and a fresh code', async () => {
    await page.getByRole('button', { name: 'Look inside' }).click();
    const dialog = page.getByRole('dialog', { name: 'Look inside a practice' });
    await dialog.getByLabel('Why you must look inside').fill('just looking');
    await dialog.getByLabel('Code').fill(await code());
    await dialog.getByRole('button', { name: 'Look inside' }).click();
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-invalid') === 'true');
    await clean(page);
    await shot(page, 'glass');
    await dialog.getByLabel('Why you must look inside').fill(REASON);
    await dialog.getByLabel('Code').fill(await code());
    await dialog.getByRole('button', { name: 'Look inside' }).click();
    await page.waitForURL(/\/read$/);
    await page.getByRole('timer').waitFor();
    await clean(page);
  }, page);

  await step('under it things are read, and the practice sees which', async () => {
    await page.getByRole('link', { name: 'Staff' }).click();
    await page.getByRole('button', { name: owner.name }).click();
    await page.getByRole('dialog').getByText('status').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Profile' }).click();
    await page.getByText('Asia/Riyadh').waitFor();
    await clean(page);
    await shot(page, 'read');
    await page.goto(`${BASE}/platform/health`);
    await page.getByRole('timer').waitFor();
    await h.goto(`${BASE}/settings/support-access`);
    await h.getByText(REASON).waitFor();
    const { items } = await (await h.request.get(`${BASE}/api/v1/audit?limit=50`)).json();
    const looked = items.filter((entry) => entry.action === 'read' && JSON.stringify(entry).includes('break_glass'));
    assert.ok(looked.length >= 2, JSON.stringify(items.map((entry) => entry.action)));
  }, page);

  await step('the practice ends it, and the next look says so', async () => {
    await h.getByRole('button', { name: /End/ }).click();
    await h.getByText(/ended/i).first().waitFor();
    await page.goto(`${BASE}/platform/practices/${practice}`);
    await page.getByRole('button', { name: 'Look inside' }).click();
    const dialog = page.getByRole('dialog', { name: 'Look inside a practice' });
    await dialog.getByLabel('Why you must look inside').fill(REASON);
    await dialog.getByLabel('Code').fill(await code());
    await dialog.getByRole('button', { name: 'Look inside' }).click();
    await page.getByRole('link', { name: 'Services' }).click();
    await page.getByRole('heading', { name: 'Nothing here' }).waitFor();
    await h.reload();
    await h.getByRole('button', { name: /End/ }).first().click();
    await h.waitForFunction(() => ![...document.querySelectorAll('button')].some((button) => /^End/.test(button.textContent)));
    await page.getByRole('link', { name: 'Roles' }).click();
    await page.getByRole('heading', { name: 'This access is over' }).waitFor();
    const [{ id }] = (await (await h.request.get(`${BASE}/api/v1/support-access`)).json()).items;
    const refused = await page.request.get(`${BASE}/api/v1/services`, { headers: { 'X-Vantage-Grant': id } });
    assert.deepEqual([refused.status(), (await refused.json()).code], [403, 'support_access.ended']);
    await clean(page);
    await shot(page, 'over');
  }, page);

  for (const [name, looks] of Object.entries({ english: {}, 'arabic, dark': { lang: 'ar', dark: true }, 'arabic, phone': { lang: 'ar', phone: true }, 'phone, dark': { phone: true, dark: true } })) {
    await step(`every screen of the console is fit for everybody: ${name}`, async () => {
      const other = await open(browser, { watch, ...looks });
      await other.context.addCookies(await context.cookies());
      for (const screen of [...SCREENS, `/practices/${practice}`]) {
        await other.page.goto(`${BASE}/platform${screen}`);
        await other.page.locator('main h1').first().waitFor();
        await other.page.waitForFunction(() => !document.querySelector('main [aria-busy=true]'));
        assert.deepEqual((await axe(other.page)).grave, [], screen);
        const wide = await other.page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth + 1);
        assert.equal(wide, false, `${screen} is wider than the window`);
        await shot(other.page, `${name.replace(/\W+/g, '-')}${screen.replaceAll('/', '-').replace(practice, 'one')}`);
      }
      await other.context.close();
    }, page);
  }

  await step('what was done stands in the ledger of the platform, and one can sign out', async () => {
    await page.goto(`${BASE}/platform/access`);
    await page.getByText('Founded a practice').first().waitFor();
    await page.getByText('Opened an access').first().waitFor();
    await page.getByRole('banner').getByRole('button', { name: 'Sign out' }).click();
    await h1(page, 'Platform sign-in');
    assert.equal((await page.request.get(`${BASE}/api/v1/admin/practices`)).status(), 401);
  }, page);

  await hers.context.close();
  await context.close();
}
