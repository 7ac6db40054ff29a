// A receptionist's ways through patients: entering, finding, changing together, notes, deleting.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { axe, BASE, demoOwner, newcomer, open, signInAtDoor, signUp } from '../browser.mjs';

/** It goes through the practice that the demo comes with. */
export const inDemo = true;

export default async function ({ browser, watch, step, must }) {
  const who = newcomer();
  const { context, page } = await open(browser, { watch });
  const row = (p, name) => p.locator('[data-row]').filter({ hasText: name });
  const field = (p, name) => p.getByRole('textbox', { name, exact: true });
  const list = `${BASE}/patients`;
  const heading = (p, name) => p.getByRole('heading', { level: 1, name }).waitFor();
  const toList = async (p) => {
    await p.goto(list);
    await p.getByRole('heading', { level: 1, name: 'Patients' }).waitFor();
  };
  const save = (p) => p.getByRole('button', { name: 'Save changes' }).click();
  const namesNowhere = async (p) => {
    assert.ok(!/lina|haddad|noura|6215/i.test(p.url() + (await p.title())), `${p.url()} ${await p.title()}`);
    const stored = await p.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
    assert.ok(!/lina|haddad|noura|6215/i.test(stored), stored);
  };
  await must('sign up', () => signUp(page, who), page);

  await step('a new practice is led to its first patient', async () => {
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Patients' }).click();
    await page.getByText('No patients yet').waitFor();
    await page.locator('main').getByRole('button', { name: 'New patient' }).last().click();
    await page.getByRole('dialog').waitFor();
    await page.getByRole('button', { name: 'Save patient' }).click();
    await page.getByText('Please fill this in').waitFor();
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-invalid') === 'true');
  }, page);

  await step('enter a patient; a wrong number is said beside its row', async () => {
    await field(page, 'Given names').fill('Lina');
    await field(page, 'Family name').fill('Haddad');
    await field(page, 'Given names in the other script').fill('لينا');
    await field(page, 'Family name in the other script').fill('حداد');
    await field(page, 'Phone 1').fill('12345');
    await page.getByRole('button', { name: 'Add alert' }).click();
    await page.keyboard.type('Penicillin');
    await page.getByRole('checkbox', { name: 'Alert 1 is serious' }).check();
    await page.getByRole('button', { name: 'Save patient' }).click();
    await page.getByText('Enter a phone number with its country code').waitFor();
    assert.equal(await field(page, 'Phone 1').getAttribute('aria-invalid'), 'true');
    await field(page, 'Phone 1').fill('0511146215');
    const { grave } = await axe(page);
    assert.deepEqual(grave, []);
    await page.getByRole('button', { name: 'Save patient' }).click();
    await heading(page, 'Lina Haddad');
    await page.getByRole('link', { name: '+966 51 114 6215' }).first().waitFor();
    await page.getByText('Penicillin').first().waitFor();
    await namesNowhere(page);
  }, page);

  await step('enter another one by keyboard alone, with a tag made in passing', async () => {
    await page.keyboard.press('Backspace');
    await row(page, 'Lina Haddad').waitFor();
    await page.keyboard.press('n');
    await field(page, 'Given names').waitFor();
    await page.waitForFunction(() => document.activeElement?.matches('form input'));
    await page.keyboard.type('Noura');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Saleh');
    await page.getByRole('textbox', { name: 'Tags' }).or(page.getByRole('combobox', { name: 'Tags' })).first().focus();
    await page.keyboard.type('VIP');
    await page.getByRole('option', { name: 'New tag “VIP”' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.locator('form').getByText('VIP').first().waitFor();
    await page.getByRole('button', { name: 'Save patient' }).focus();
    await page.keyboard.press('Enter');
    await heading(page, 'Noura Saleh');
    await page.keyboard.press('Escape');
    await row(page, 'Noura Saleh').waitFor();
  }, page);

  await step('who exists already is said while typing', async () => {
    await page.keyboard.press('n');
    await field(page, 'Phone 1').fill('0511146215');
    await page.getByText('May exist already').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: /Lina Haddad/ }).click();
    await page.getByRole('dialog').getByText('Penicillin').waitFor();
    await page.waitForURL(/peek=[0-9a-f-]{36}/);
    const { grave } = await axe(page);
    assert.deepEqual(grave, []);
    // one key, one drawer: the form is there as it was
    await page.keyboard.press('Escape');
    await page.waitForURL((url) => !url.search.includes('peek'));
    assert.equal(await field(page, 'Phone 1').inputValue(), '0511146215');
    await page.getByRole('dialog').getByRole('button', { name: /Lina Haddad/ }).click();
    await page.getByRole('button', { name: 'Back to the form' }).click();
    assert.equal(await field(page, 'Phone 1').inputValue(), '0511146215');
    await page.getByRole('button', { name: 'Back to the form' }).waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Discard', exact: true }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  }, page);

  await step('find by the last four digits, and by the name in the other script', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type('6215');
    await row(page, 'Noura Saleh').waitFor({ state: 'detached' });
    await row(page, 'Lina Haddad').waitFor();
    await namesNowhere(page);
    await page.getByRole('button', { name: 'Clear search' }).click();
    await page.getByRole('textbox', { name: 'Search name, phone or number' }).fill('لينا');
    await row(page, 'Noura Saleh').waitFor({ state: 'detached' });
    await row(page, 'Lina Haddad').waitFor();
    await page.getByRole('textbox', { name: 'Search name, phone or number' }).fill('zzzz');
    await page.getByText('Nobody found').waitFor();
    await page.getByRole('button', { name: 'Show everybody' }).click();
    await row(page, 'Noura Saleh').waitFor();
  }, page);

  await step('rows by arrow keys; back to the list with what was typed', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type('Haddad');
    await row(page, 'Noura Saleh').waitFor({ state: 'detached' });
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await heading(page, 'Lina Haddad');
    await page.getByRole('tab', { name: 'Activity' }).click();
    await page.waitForURL(/tab=activity/);
    await page.getByRole('tab', { name: 'Overview' }).click();
    await page.keyboard.press('Backspace');
    await page.getByRole('heading', { level: 1, name: 'Patients' }).waitFor();
    assert.equal(await page.getByRole('textbox', { name: 'Search name, phone or number' }).inputValue(), 'Haddad');
    await page.waitForFunction(() => document.activeElement?.hasAttribute('data-row'));
    await page.getByRole('button', { name: 'Clear search' }).click();
  }, page);

  await step('peek: Space opens it over the list, arrows move it along, Back and Escape close it', async () => {
    await toList(page);
    const shown = (name) => page.getByRole('dialog').getByText(name, { exact: true }).first().waitFor();
    await row(page, 'Lina Haddad').focus();
    await page.keyboard.press('Space');
    await shown('Lina Haddad');
    await shown('Penicillin');
    await shown('+966 51 114 6215');
    await shown('Entered the patient');
    await page.waitForURL(/peek=[0-9a-f-]{36}/);
    const { grave } = await axe(page);
    assert.deepEqual(grave, []);
    await namesNowhere(page);
    const lina = page.url();
    await page.keyboard.press('ArrowDown');
    await shown('Noura Saleh');
    assert.notEqual(page.url(), lina);
    await page.goBack();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.waitForFunction(() => document.activeElement?.textContent?.includes('Noura Saleh'));
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Space');
    await shown('Lina Haddad');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.ok(!page.url().includes('peek'), page.url());
    await row(page, 'Lina Haddad').hover();
    await page.getByRole('button', { name: 'Peek at Lina Haddad' }).click();
    await shown('Penicillin');
    await page.reload();
    await shown('Penicillin');
    await page.getByRole('dialog').getByRole('link', { name: 'Open record' }).click();
    await heading(page, 'Lina Haddad');
    await page.keyboard.press('Backspace');
    await page.getByRole('heading', { level: 1, name: 'Patients' }).waitFor();
    assert.equal(await page.getByRole('dialog').count(), 0);
    await row(page, 'Lina Haddad').focus();
    await page.keyboard.press('Space');
    await page.getByRole('dialog').getByRole('link', { name: 'Edit' }).click();
    await field(page, 'Given names').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  }, page);

  await step('each part of a record says what stands in it', async () => {
    for (const [tab, words] of [['Appointments', 'No appointments yet'], ['Calls', 'No calls yet'], ['Files', 'No files yet']]) {
      await page.getByRole('tab', { name: tab }).click();
      await page.getByText(words).waitFor();
      await page.waitForURL(new RegExp(`tab=${tab.toLowerCase()}`));
    }
    const { grave } = await axe(page);
    assert.deepEqual(grave, []);
    await page.reload();
    await page.getByText('No files yet').waitFor();
  }, page);

  await step('the tag filters, and stays in the address', async () => {
    await toList(page);
    await page.getByRole('button', { name: 'Tags', exact: true }).click();
    await page.getByRole('menuitemcheckbox', { name: 'VIP' }).click();
    await page.waitForURL(/tags=/);
    await row(page, 'Lina Haddad').waitFor({ state: 'detached' });
    await page.reload();
    await row(page, 'Noura Saleh').waitFor();
    assert.equal(await row(page, 'Lina Haddad').count(), 0);
    await toList(page);
  }, page);

  await step('the palette finds a patient', async () => {
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.type('6215');
    await page.getByRole('dialog').getByText('Lina Haddad').waitFor();
    await page.keyboard.press('Enter');
    await heading(page, 'Lina Haddad');
  }, page);

  const other = await open(browser, { storageState: await context.storageState(), watch });
  await step('a note appears in another window by itself', async () => {
    await page.getByRole('tab', { name: 'Activity' }).click();
    await other.page.goto(page.url());
    await other.page.getByText('Entered the patient').waitFor();
    await page.getByRole('textbox', { name: 'Write a note' }).fill('Called about the invoice');
    await page.keyboard.press('Control+Enter');
    await page.getByText('Called about the invoice').waitFor();
    await other.page.getByText('Called about the invoice').waitFor();
    await page.getByRole('button', { name: 'Changes', exact: true }).click();
    await page.getByText('Called about the invoice').waitFor({ state: 'detached' });
    const { grave } = await axe(page);
    assert.deepEqual(grave, []);
  }, other.page);

  await step('a conflict says what changed, keeps what was typed and saves on top', async () => {
    const deaf = await open(browser, { storageState: await context.storageState(), watch });
    await deaf.page.routeWebSocket(/\/api\/v1\/live/, () => undefined);
    await deaf.page.goto(`${page.url().split('?')[0]}?edit=true`);
    await field(deaf.page, 'Remarks').fill('Typed while others saved');
    await field(deaf.page, 'Family name').fill('Mansour');

    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await field(page, 'Family name').fill('Saleh');
    await save(page);
    await heading(page, 'Lina Saleh');

    await save(deaf.page);
    await deaf.page.getByText('Somebody else changed this').waitFor();
    await deaf.page.getByText('Family name is now: Saleh').waitFor();
    const { grave } = await axe(deaf.page);
    assert.deepEqual(grave, []);
    await deaf.page.getByRole('button', { name: 'Keep mine' }).click();
    assert.equal(await field(deaf.page, 'Remarks').inputValue(), 'Typed while others saved');
    assert.equal(await field(deaf.page, 'Family name').inputValue(), 'Mansour');
    await save(deaf.page);
    await heading(page, 'Lina Mansour');
    await page.getByRole('tab', { name: 'Activity' }).click();
    await page.getByText(/Family name: Saleh/).waitFor();
    await deaf.context.close();
  }, page);

  await step('a mother who is no patient is entered, and found again by her number', async () => {
    await page.goto(page.url().split('?')[0]);
    const family = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Family and contacts' }) });
    await family.getByRole('button', { name: 'Add' }).click();
    const form = page.getByRole('dialog');
    await form.getByRole('button', { name: 'Save relative' }).click();
    await form.getByText('Please fill this in').waitFor();
    await form.getByRole('textbox', { name: 'Name' }).fill('Huda Salem');
    await form.getByRole('textbox', { name: 'Phone' }).fill('0509988776');
    await form.getByRole('switch', { name: 'Call in an emergency' }).check();
    assert.deepEqual((await axe(page)).grave, []);
    await form.getByRole('button', { name: 'Save relative' }).click();
    await family.getByText('Huda Salem').waitFor();
    await family.getByText('Emergency').waitFor();
    assert.deepEqual((await axe(page)).grave, []);
    const name = (await page.getByRole('heading', { level: 1 }).textContent()).trim();
    const answer = await page.request.post(`${BASE}/api/v1/patients/search`, { headers: { Origin: BASE }, data: { q: '8776' } });
    const [found] = (await answer.json()).items;
    assert.ok(name.includes(found.givenName), `${name} is not ${found.givenName}`);
  }, page);

  await step('the whole record is taken out, on paper and as FHIR', async () => {
    const takeOut = async (item) => {
      await page.locator('main').getByRole('button', { name: 'More', exact: true }).first().click();
      const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: item }).click()]);
      return [file.suggestedFilename(), fs.readFileSync(await file.path(), 'utf8')];
    };
    const [paper, pdf] = await takeOut('Print as PDF');
    assert.match(paper, /^patient-\d+\.pdf$/);
    assert.ok(pdf.startsWith('%PDF-'), pdf.slice(0, 60));
    const [file, text] = await takeOut('FHIR bundle');
    assert.match(file, /^patient-\d+\.json$/);
    const kinds = JSON.parse(text).entry.map((entry) => entry.resource.resourceType);
    assert.ok(kinds.includes('Patient') && kinds.includes('RelatedPerson'), kinds.join());
  }, page);

  await step('insurance: what is wrong is said beside its field; two policies in their order', async () => {
    await page.getByRole('tab', { name: 'Insurance' }).click();
    await page.waitForURL(/tab=insurance/);
    await page.getByRole('button', { name: 'Add policy' }).click();
    await page.getByRole('button', { name: 'Save policy' }).click();
    await page.getByText('Please fill this in').first().waitFor();
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-invalid') === 'true');
    await field(page, 'Insurance company').fill('Najd Care');
    await field(page, 'Member ID').fill('62150001');
    await field(page, 'Policy holder’s phone').fill('12345');
    await page.getByRole('button', { name: 'Save policy' }).click();
    await page.getByText('Enter a phone number with its country code').waitFor();
    await field(page, 'Policy holder’s phone').fill('');
    await page.getByRole('button', { name: 'Save policy' }).click();
    await page.getByRole('heading', { name: 'Najd Care' }).waitFor();
    await page.getByRole('button', { name: 'Add policy' }).click();
    await field(page, 'Insurance company').fill('Sadan Health');
    await field(page, 'Member ID').fill('62150002');
    await page.getByRole('button', { name: 'Save policy' }).click();
    await page.getByRole('heading', { name: 'Sadan Health' }).waitFor();
    assert.deepEqual(await page.locator('[data-policy] h2').allInnerTexts(), ['Najd Care', 'Sadan Health']);
    const { grave } = await axe(page);
    assert.deepEqual(grave, []);
    await namesNowhere(page);
  }, page);

  await step('insurance: verify, change elsewhere meanwhile, remove and take it back', async () => {
    await page.getByRole('button', { name: 'Verify Najd Care' }).click();
    await page.getByRole('menuitem', { name: 'The patient is covered' }).click();
    await page.locator('[data-policy]').first().getByText('Covered', { exact: true }).waitFor();
    const deaf = await open(browser, { storageState: await context.storageState(), watch });
    await deaf.page.routeWebSocket(/\/api\/v1\/live/, () => undefined);
    await deaf.page.goto(page.url());
    await deaf.page.getByRole('button', { name: 'Actions for Najd Care' }).click();
    await deaf.page.getByRole('menuitem', { name: 'Edit' }).click();
    await field(deaf.page, 'Plan').fill('Gold');
    await page.getByRole('button', { name: 'Actions for Najd Care' }).click();
    await page.getByRole('menuitem', { name: 'Edit' }).click();
    await field(page, 'Plan').fill('Silver');
    await save(page);
    await page.locator('[data-policy]').first().getByText('Silver').waitFor();
    await save(deaf.page);
    await deaf.page.getByText('Plan is now: Silver').waitFor();
    await deaf.page.getByRole('button', { name: 'Keep mine' }).click();
    await save(deaf.page);
    await page.locator('[data-policy]').first().getByText('Gold').waitFor();
    await deaf.context.close();
    await page.getByRole('button', { name: 'Actions for Sadan Health' }).click();
    await page.getByRole('menuitem', { name: 'Remove' }).click();
    await page.getByRole('heading', { name: 'Sadan Health' }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('heading', { name: 'Sadan Health' }).waitFor();
  }, page);

  await step('the worklist has what nobody has verified, to be verified there', async () => {
    await toList(page);
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Verify insurance' }).click();
    await page.getByRole('heading', { level: 1, name: 'Verify insurance' }).waitFor();
    await row(page, 'Lina').waitFor();
    assert.equal(await page.getByText('Najd Care').count(), 0);
    const { grave } = await axe(page);
    assert.deepEqual(grave, []);
    await page.getByRole('button', { name: 'Verify Sadan Health' }).click();
    await page.getByRole('menuitem', { name: 'Asked, no answer yet' }).click();
    await page.getByText('Asked', { exact: true }).waitFor();
    await row(page, 'Lina').click();
    await page.getByRole('heading', { name: 'Sadan Health' }).waitFor();
    await page.keyboard.press('Backspace');
    await page.getByRole('button', { name: 'Verify Sadan Health' }).click();
    await page.getByRole('menuitem', { name: 'The patient is covered' }).click();
    await page.getByText('Everything is verified').waitFor();
    await page.goBack();
    await toList(page);
    await row(page, 'Lina Mansour').click();
    await heading(page, 'Lina Mansour');
  }, page);

  await step('build a filter of groups; its values are in no address', async () => {
    await toList(page);
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await page.getByRole('dialog').waitFor();
    await page.getByRole('button', { name: 'Add condition' }).click();
    const pick = async (name, n, option) => {
      await page.getByRole('combobox', { name: `${name} of condition ${n}` }).last().click();
      await page.getByRole('option', { name: option, exact: true }).click();
    };
    await pick('Field', 1, 'Family name');
    await page.getByRole('button', { name: 'Show patients' }).click();
    await page.getByText('Fill in the marked conditions').waitFor();
    await page.getByRole('textbox', { name: 'Value of condition 1' }).fill('mansour');
    await page.getByRole('button', { name: 'Add group' }).click();
    await page.getByRole('button', { name: 'Add condition' }).first().click();
    await page.getByRole('combobox', { name: 'Field of condition 1' }).last().waitFor();
    await pick('Field', 1, 'Insurance company');
    await page.getByRole('combobox', { name: 'Value of condition 1' }).or(page.getByRole('textbox', { name: 'Value of condition 1' })).last().fill('Sadan');
    await page.keyboard.press('Escape');
    const { grave } = await axe(page);
    assert.deepEqual(grave, []);
    await page.getByRole('button', { name: 'Show patients' }).click();
    await page.getByRole('button', { name: '2 conditions' }).waitFor();
    await row(page, 'Lina Mansour').waitFor();
    assert.equal(await row(page, 'Noura Saleh').count(), 0);
    const said = page.url() + (await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage, state: history.state })));
    assert.ok(!/mansour|sadan/i.test(said), said);
    await row(page, 'Lina Mansour').click();
    await heading(page, 'Lina Mansour');
    await page.keyboard.press('Backspace');
    await page.getByRole('button', { name: '2 conditions' }).waitFor();
  }, page);

  await step('save it as a view: a tab with its count, shared, renamed, and the address has its id', async () => {
    await page.getByRole('button', { name: 'Save as view' }).click();
    await field(page, 'Name').fill('With Sadan');
    await page.getByRole('button', { name: 'Save view' }).click();
    await page.getByRole('tab', { name: /^With Sadan\s+1$/ }).waitFor();
    await page.waitForURL(/view=[0-9a-f-]{36}/);
    await page.getByRole('button', { name: 'This list' }).click();
    await page.getByRole('menuitem', { name: 'Share with everybody' }).click();
    await page.getByRole('tab', { name: /^With Sadan\s+Shared with everybody\s+1$/ }).waitFor();
    await page.getByRole('button', { name: 'This list' }).click();
    await page.getByRole('menuitem', { name: 'Rename view' }).click();
    await field(page, 'Name').fill('Sadan family');
    await page.getByRole('button', { name: 'Save view' }).click();
    await page.getByRole('tab', { name: 'Sadan family' }).waitFor();
    await page.reload();
    await row(page, 'Lina Mansour').waitFor();
    assert.equal(await row(page, 'Noura Saleh').count(), 0);
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Emails' }).or(page.getByRole('menuitemcheckbox', { name: 'Email' })).click();
    await page.getByRole('columnheader', { name: 'Email' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Save changes to view' }).click();
    await page.getByRole('button', { name: 'Save changes to view' }).waitFor({ state: 'detached' });
    await page.getByRole('tab', { name: 'Active', exact: true }).click();
    await page.waitForURL((url) => !/view=[0-9a-f-]{36}/.test(url.search));
    await row(page, 'Noura Saleh').waitFor();
  }, page);

  await step('many at once get a tag, and lose it again', async () => {
    await page.getByRole('checkbox', { name: 'Choose Lina Mansour' }).click();
    await page.getByRole('checkbox', { name: 'Choose Noura Saleh' }).click({ modifiers: ['Shift'] });
    await page.getByText('2 chosen').waitFor();
    const { grave } = await axe(page);
    assert.deepEqual(grave, []);
    await page.getByRole('button', { name: 'Add tag' }).click();
    await page.getByRole('menuitem', { name: 'VIP' }).click();
    await page.getByText('1 patient has the tag now').waitFor();
    await row(page, 'Lina Mansour').locator('xpath=ancestor::tr').getByText('VIP').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await row(page, 'Lina Mansour').locator('xpath=ancestor::tr').getByText('VIP').waitFor({ state: 'detached' });
    await page.getByRole('checkbox', { name: 'Choose Noura Saleh' }).click();
    await page.getByText('1 chosen').waitFor();
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    const saving = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: 'Export as CSV' }).click();
    const rows = fs.readFileSync(await (await saving).path(), 'utf8').trim().split('\r\n');
    assert.equal(rows.length, 2);
    assert.match(rows[1], /Lina,Mansour/);
    await page.getByRole('button', { name: 'Choose nobody' }).click();
    await page.getByText('1 chosen').waitFor({ state: 'detached' });
    await row(page, 'Lina Mansour').click();
    await heading(page, 'Lina Mansour');
  }, page);

  await step('on a phone they are chosen by holding or from the menu, and the bar fits', async () => {
    const small = await open(browser, { storageState: await context.storageState(), phone: true, watch });
    await small.page.setViewportSize({ width: 360, height: 740 });
    const p = small.page;
    await p.goto(list);
    await row(p, 'Lina Mansour').waitFor();
    const fits = async () => assert.ok((await p.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)) <= 0);
    await p.getByRole('button', { name: 'More', exact: true }).click();
    await p.getByRole('menuitem', { name: 'Select patients' }).click();
    await p.getByText('Tap those you want').waitFor();
    await row(p, 'Lina Mansour').tap();
    await row(p, 'Noura Saleh').tap();
    await p.getByText('2 chosen').waitFor();
    await p.getByRole('button', { name: 'Export', exact: true }).waitFor();
    await fits();
    const { grave } = await axe(p);
    assert.deepEqual(grave, []);
    await p.getByRole('button', { name: 'Choose nobody' }).click();
    await p.getByText('2 chosen').waitFor({ state: 'detached' });
    const touch = await small.context.newCDPSession(p);
    const at = await row(p, 'Noura Saleh').boundingBox();
    await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x: at.x + 80, y: at.y + 20 }] });
    await p.getByText('1 chosen').waitFor();
    await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await p.getByRole('checkbox', { name: /Noura Saleh/, checked: true }).waitFor();
    await p.getByRole('button', { name: 'Choose nobody' }).click();
    await row(p, 'Noura Saleh').tap();
    await heading(p, 'Noura Saleh');
    await fits();
    await small.context.close();
  }, page);

  await step('delete, take it back, delete and restore', async () => {
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Delete patient' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete patient' }).click();
    await page.getByText('The patient was deleted').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Edit', exact: true }).waitFor();
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Delete patient' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete patient' }).click();
    await page.getByRole('button', { name: 'Restore patient' }).waitFor();
    await toList(page);
    await row(page, 'Noura Saleh').waitFor();
    assert.equal(await row(page, 'Lina').count(), 0);
    await page.getByRole('tab', { name: 'Deleted' }).click();
    await page.waitForURL(/view=deleted/);
    await row(page, 'Lina Mansour').click();
    await page.getByRole('button', { name: 'Restore patient' }).click();
    await page.getByText('The patient was restored').waitFor();
    await page.getByRole('button', { name: 'Edit', exact: true }).waitFor();
  }, page);

  await step('tags: rename, and delete saying on how many they are', async () => {
    await page.goto(`${BASE}/settings/tags`);
    await row(page, 'VIP').click();
    await field(page, 'Name').fill('Very important');
    await save(page);
    await row(page, 'Very important').waitFor();
    await page.getByRole('button', { name: 'Actions for Very important' }).click();
    await page.getByRole('menuitem', { name: 'Delete tag' }).click();
    await page.getByText('It comes off 1 patient. This cannot be taken back.').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete tag' }).click();
    await page.getByText('No tags yet').waitFor();
  }, page);

  await step('who may only look sees no buttons', async () => {
    const reader = await open(browser, { watch });
    // the owner of the demo has the rights, and the page is told otherwise
    await reader.page.route(/\/api\/v1\/auth\/(session|login|refresh)$/, async (route) => {
      const answer = await route.fetch();
      const body = await answer.json().catch(() => undefined);
      if (!body?.permissions) return route.fulfill({ response: answer });
      await route.fulfill({ response: answer, json: { ...body, permissions: body.permissions.filter((name) => !/^patients\.(write|delete)$/.test(name)) } });
    });
    await signInAtDoor(reader.page, demoOwner);
    await toList(reader.page);
    assert.equal(await reader.page.getByRole('button', { name: 'New patient' }).count(), 0);
    assert.equal(await reader.page.getByRole('tab', { name: 'Deleted' }).count(), 0);
    await reader.context.close();
  }, page);

  await other.context.close();
  await context.close();
}
