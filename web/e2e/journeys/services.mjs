// A newcomer's first day: signing up, and everything that can be done with services.
import assert from 'node:assert/strict';
import { addServices, axe, BASE, newcomer, open, sampleServices, signIn, signUp } from '../browser.mjs';

export default async function ({ browser, watch, step, must }) {
  const who = newcomer();
  const { context, page } = await open(browser, { watch });
  const row = (p, name) => p.locator('tbody tr').filter({ hasText: name });
  const save = (p) => p.getByRole('button', { name: 'Save changes' }).click();
  const services = `${BASE}/settings/services`;

  await step('a first visit leads to the sign-in page', async () => {
    await page.goto(services);
    await page.waitForURL(/\/sign-in\?next=/);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  }, page);

  await step('sign-up says what is missing and takes one there', async () => {
    await page.getByRole('link', { name: 'Set up a practice' }).click();
    await page.getByText('Step 1 of 4').waitFor();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('Please fill this in').first().waitFor();
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-invalid') === 'true');
    await page.getByLabel('Practice name').fill('Alpha Dental Center');
    assert.equal(await page.getByLabel('Address name').inputValue(), 'alpha-dental-center');
  }, page);

  await must('sign up a practice', () => signUp(page, who), page);

  await step('home names the practice and leads to the first service', async () => {
    await page.getByRole('link', { name: 'Home', exact: true }).click();
    await page.getByText(who.slug).waitFor();
    await page.getByRole('link', { name: /Add the first thing/ }).click();
    await page.waitForURL(/\/settings\/services\?new=true/);
    await page.getByRole('dialog').waitFor();
  }, page);

  await step('a form with mistakes is not sent', async () => {
    await page.getByLabel('Duration', { exact: true }).fill('soon');
    await page.getByLabel('Price', { exact: true }).fill('12.345');
    await page.getByRole('button', { name: 'Add service' }).click();
    await page.getByText('Enter minutes from 5 to 720').waitFor();
    await page.getByText('Enter an amount in SAR').waitFor();
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-invalid') === 'true');
  }, page);

  await step('create a service', async () => {
    await page.getByLabel('Name in English', { exact: true }).fill('Check-up');
    await page.getByLabel('Name in Arabic', { exact: true }).fill('كشف');
    await page.getByLabel('Code', { exact: true }).fill('D0120');
    await page.getByRole('combobox', { name: 'Category' }).fill('Diagnostics');
    await page.getByLabel('Duration', { exact: true }).fill('٣٠');
    await page.getByLabel('Price', { exact: true }).fill('1,150.50');
    await page.getByRole('radio', { name: 'Violet' }).check({ force: true });
    await page.getByRole('button', { name: 'Add service' }).click();
    await row(page, 'Check-up').getByText('1,150.50').waitFor();
    await row(page, 'Check-up').getByText('30 min').waitFor();
  }, page);

  await step('a name that is taken is said beside the field, and the form stays', async () => {
    await page.keyboard.press('n');
    await page.getByLabel('Name in English', { exact: true }).fill('Check-up');
    await page.getByLabel('Price', { exact: true }).fill('10');
    await page.getByRole('button', { name: 'Add service' }).click();
    await page.getByText('This is already in use').waitFor();
    assert.equal(await page.getByLabel('Price', { exact: true }).inputValue(), '10');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Discard', exact: true }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  }, page);

  await step('edit a service, by keyboard alone', async () => {
    await page.keyboard.press('f');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByLabel('Name in English', { exact: true }).waitFor();
    await page.getByLabel('Price', { exact: true }).focus();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('175');
    await page.keyboard.press('Enter');
    await row(page, 'Check-up').getByText('175.00').waitFor();
  }, page);

  const other = await open(browser, { storageState: await context.storageState(), watch });
  await step('a change elsewhere appears by itself', async () => {
    await other.page.goto(services);
    await row(other.page, '175.00').waitFor();
    await row(page, 'Check-up').getByRole('button', { name: 'Check-up', exact: true }).click();
    await page.getByLabel('Price', { exact: true }).fill('180');
    await save(page);
    await row(other.page, '180.00').waitFor();
  }, other.page);

  await step('a conflict shows what changed and keeps what was typed', async () => {
    // deaf to live news, so that only the server can tell
    const deaf = await open(browser, { storageState: await context.storageState(), watch });
    await deaf.page.routeWebSocket(/\/api\/v1\/live/, () => undefined);
    await deaf.page.goto(services);
    await row(deaf.page, 'Check-up').getByRole('button', { name: 'Check-up', exact: true }).click();
    await deaf.page.getByRole('combobox', { name: 'Category' }).fill('Examinations');
    await deaf.page.getByLabel('Price', { exact: true }).fill('190');

    await row(page, 'Check-up').getByRole('button', { name: 'Check-up', exact: true }).click();
    await page.getByLabel('Price', { exact: true }).fill('200');
    await page.getByLabel('Duration', { exact: true }).fill('40');
    await save(page);
    await row(page, '200.00').waitFor();

    await save(deaf.page);
    await deaf.page.getByText('Somebody else changed this').waitFor();
    await deaf.page.getByText('Changed meanwhile: Duration and Price.').waitFor();
    const { grave } = await axe(deaf.page);
    assert.deepEqual(grave, []);
    await deaf.page.getByRole('button', { name: 'Load current' }).click();
    assert.equal(await deaf.page.getByRole('combobox', { name: 'Category' }).inputValue(), 'Examinations');
    assert.equal(await deaf.page.getByLabel('Duration', { exact: true }).inputValue(), '40');
    assert.equal(await deaf.page.getByLabel('Price', { exact: true }).inputValue(), '200.00');
    await deaf.page.getByRole('button', { name: 'Use mine: Price' }).click();
    assert.equal(await deaf.page.getByLabel('Price', { exact: true }).inputValue(), '190');
    await save(deaf.page);
    await row(page, 'Examinations').getByText('190.00').waitFor();
    await deaf.context.close();
  }, page);

  await step('news while somebody types is offered, not forced', async () => {
    await row(page, 'Check-up').getByRole('button', { name: 'Check-up', exact: true }).click();
    await page.getByLabel('Code', { exact: true }).fill('D0150');
    await row(other.page, 'Check-up').getByRole('button', { name: 'Check-up', exact: true }).click();
    await other.page.getByLabel('Duration', { exact: true }).fill('35');
    await save(other.page);
    await page.getByRole('button', { name: 'Load current' }).click();
    assert.equal(await page.getByLabel('Duration', { exact: true }).inputValue(), '35');
    assert.equal(await page.getByLabel('Code', { exact: true }).inputValue(), 'D0150');
    await save(page);
    await row(other.page, 'D0150').waitFor();
  }, page);

  await step('archive, and take it back', async () => {
    await page.getByRole('button', { name: 'Actions for Check-up' }).click();
    await page.getByRole('menuitem', { name: 'Archive' }).click();
    await row(page, 'Check-up').waitFor({ state: 'detached' });
    await row(other.page, 'Check-up').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await row(page, 'Check-up').waitFor();
    await row(other.page, 'Check-up').waitFor();
  }, page);

  await step('archived ones have their own tab, kept in the address, and can be restored', async () => {
    await page.getByRole('button', { name: 'Actions for Check-up' }).click();
    await page.getByRole('menuitem', { name: 'Archive' }).click();
    await page.getByRole('tab', { name: 'Archived' }).click();
    await page.waitForURL(/status=archived/);
    await page.reload();
    await row(page, 'Check-up').waitFor();
    assert.equal(await page.getByRole('tab', { name: 'Archived' }).getAttribute('aria-selected'), 'true');
    await page.getByRole('button', { name: 'Actions for Check-up' }).click();
    await page.getByRole('menuitem', { name: 'Restore' }).click();
    await page.getByText('Nothing is archived').waitFor();
  }, page);

  await step('search, sort, load more', async () => {
    await addServices(page, sampleServices.slice(1));
    await addServices(page, Array.from({ length: 45 }, (_, i) => [`Package ${String(i + 1).padStart(2, '0')}`, null, `P${i + 1}`, 'Packages', 30, 0, 0, 10000 + i * 500, 'slate']));
    await page.goto(services);
    await page.getByText('50 services shown, more below').waitFor();
    await page.getByRole('button', { name: 'Load more' }).click();
    await page.getByText('55 services', { exact: true }).waitFor();
    await page.keyboard.press('f');
    await page.keyboard.type('canal');
    await page.getByText('1 service', { exact: true }).waitFor();
    await page.waitForURL(/q=canal/);
    await page.getByRole('button', { name: 'Clear search' }).click();
    await page.getByRole('button', { name: 'Price' }).click();
    await page.getByRole('button', { name: 'Price' }).click();
    await page.waitForURL(/sort=-price/);
    await page.locator('tbody tr').first().getByText('Porcelain crown').waitFor();
  }, page);

  await step('palette and keyboard help', async () => {
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.type('home');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${BASE}/home`);
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('?');
    await page.getByRole('heading', { name: 'Keyboard shortcuts' }).waitFor();
    await page.keyboard.press('Escape');
  }, page);

  await step('losing the connection is said calmly, and mends itself', async () => {
    await page.goto(services);
    await row(page, 'Composite filling').waitFor();
    const before = watch.length;
    await context.setOffline(true);
    await page.getByRole('tab', { name: 'All' }).click();
    await page.getByText('Connection lost').waitFor();
    await context.setOffline(false);
    await page.getByText('Connection lost').waitFor({ state: 'detached', timeout: 30_000 });
    await row(page, 'Composite filling').waitFor();
    // the browser logs each request and socket that did not get through
    watch.splice(before, watch.length, ...watch.slice(before).filter((l) => !/ERR_INTERNET_DISCONNECTED|WebSocket connection/.test(l)));
  }, page);

  await step('an ended session asks again over the page and finishes what was being saved', async () => {
    await page.goto(`${services}?new=true`);
    await page.getByLabel('Name in English', { exact: true }).fill('Night guard');
    await page.getByLabel('Price', { exact: true }).fill('600');
    // what a server does with cookies that are no longer good
    const cookies = await context.cookies();
    await context.clearCookies();
    await page.getByRole('button', { name: 'Add service' }).click();
    const dialog = page.getByRole('dialog', { name: 'Please sign in again' });
    await dialog.waitFor();
    const { grave } = await axe(page);
    assert.deepEqual(grave, []);
    await dialog.getByLabel('Password', { exact: true }).fill('not this one at all');
    await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
    await dialog.getByText('The email or the password is not right.').waitFor();
    await dialog.getByLabel('Password', { exact: true }).fill(who.password);
    await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
    await row(page, 'Night guard').getByText('600.00').waitFor();
    assert.ok(cookies.every((c) => c.httpOnly), 'session cookies are out of reach for scripts');
  }, page);

  await step('Arabic without a reload, mirrored', async () => {
    await page.evaluate(() => (window.notReloaded = true));
    await page.getByRole('button', { name: 'العربية' }).click();
    await page.getByRole('heading', { level: 1, name: 'الخدمات' }).waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.dir), 'rtl');
    assert.equal(await page.evaluate(() => window.notReloaded), true);
    await row(page, 'حشوة تجميلية').getByRole('button', { name: 'حشوة تجميلية', exact: true }).waitFor();
    const nav = await page.getByRole('navigation', { name: 'القائمة الرئيسية' }).boundingBox();
    assert.ok(nav.x > 700, 'the sidebar is on the right');
    await page.keyboard.press('n');
    const drawer = await page.getByRole('dialog').locator('form').boundingBox();
    assert.ok(drawer.x < 100, 'the drawer is on the left');
    await page.keyboard.press('Escape');
  }, page);

  await step('sign out, in every tab', async () => {
    const twin = await context.newPage();
    await twin.goto(`${BASE}/`);
    await twin.getByRole('heading', { level: 1 }).waitFor();
    await page.getByRole('button', { name: 'قائمة الحساب' }).click();
    await page.getByRole('menuitem', { name: 'تسجيل الخروج' }).click();
    await page.waitForURL(/\/sign-in/);
    await twin.waitForURL(/\/sign-in/);
    await twin.close();
    await page.goto(services);
    await page.waitForURL(/\/sign-in/);
  }, page);

  await step('sign in again, to where one was going', async () => {
    await page.getByRole('button', { name: 'English' }).click();
    await signIn(page, { ...who, password: 'certainly not right' });
    await page.getByText('The email or the password is not right.').waitFor();
    await signIn(page, who);
    await page.waitForURL(/\/settings\/services/);
    await row(page, 'Composite filling').waitFor();
  }, page);

  await other.context.close();
  await context.close();
}
