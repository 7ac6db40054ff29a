// Patients from a file: columns, a dry run, entering, taking back; and out again.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { axe, BASE, newcomer, open, signUp } from '../browser.mjs';

const CLINIC = `First name;Surname;Born;Mobile;Shoe
Lina;Haddad;28/02/1990;0511146215;38
نورة;الزهراني;10/01/2013;0515555559;36
Omar;;31/02/1980;0554075382;44
Lina;Haddad;28/02/1990;0511146215;38
`;
// published by others, and not part of the product
const SYNTHEA = new URL('../../../../shared/data/synthea/patients-1000.csv', import.meta.url);

export default async function ({ browser, watch, step, must }) {
  const { context, page } = await open(browser, { watch });
  await must('sign up', () => signUp(page, newcomer()), page);
  const give = (file) => page.locator('input[type=file]').setInputFiles(file);
  const tab = (name) => page.getByRole('tab', { name });

  await must('a file is given, and its columns are guessed', async () => {
    await page.goto(`${BASE}/patients`);
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Import' }).click();
    await page.getByText('No imports yet').waitFor();
    await give({ name: 'rubbish.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7 rubbish') });
    await page.getByText('This is no CSV, Excel or FHIR file').waitFor();
    await give({ name: 'clinic.csv', mimeType: 'text/csv', buffer: Buffer.from(CLINIC) });
    await page.getByRole('heading', { level: 1, name: 'clinic.csv' }).waitFor();
    assert.equal(await page.getByRole('combobox', { name: 'First name is' }).inputValue(), 'Given names');
    assert.equal(await page.getByRole('combobox', { name: 'Born is' }).inputValue(), 'Date of birth');
    assert.equal(await page.getByRole('combobox', { name: 'Shoe is' }).inputValue(), '');
    assert.deepEqual((await axe(page)).grave, []);
    assert.ok(!page.url().includes('clinic'), page.url());
  }, page);

  await must('a dry run says what would become of each row, and enters nobody', async () => {
    await page.getByRole('button', { name: 'Check all rows' }).click();
    await tab(/With faults 1/).waitFor();
    await page.getByText('is not a date, or not in the chosen order').waitFor();
    await tab(/To be entered 2/).click();
    await page.getByText('نورة · الزهراني').waitFor();
    await tab(/There already 1/).click();
    await page.getByText('row 2').waitFor();
    assert.deepEqual((await axe(page)).grave, []);
    const there = await page.request.post(`${BASE}/api/v1/patients/query`, { headers: { Origin: BASE }, data: {} });
    assert.deepEqual((await there.json()).items, []);
  }, page);

  await step('entered, found, and taken out as a file', async () => {
    await page.getByRole('button', { name: 'Enter 2 patients' }).click();
    await tab(/Entered 2/).click();
    await page.getByRole('link', { name: 'Open' }).first().click();
    await page.getByRole('heading', { level: 1, name: 'Lina Haddad' }).waitFor();
    await page.goto(`${BASE}/patients`);
    await page.locator('[data-row]').filter({ hasText: 'الزهراني' }).waitFor();
    await page.getByRole('button', { name: 'More', exact: true }).click();
    const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: 'Export as CSV' }).click()]);
    const text = fs.readFileSync(await saved.path(), 'utf8');
    assert.ok(text.includes('Lina,Haddad') && text.includes('1990-02-28'), text);
  }, page);

  await step('taken back as a whole', async () => {
    await page.goto(`${BASE}/patients/imports`);
    await page.getByRole('button', { name: /clinic\.csv/ }).click();
    await page.getByRole('button', { name: 'Undo this import' }).click();
    await tab(/Taken back 2/).waitFor();
    await page.goto(`${BASE}/patients`);
    await page.getByText('No patients yet').waitFor();
  }, page);

  if (!fs.existsSync(SYNTHEA)) console.log('skip  a thousand synthetic people: not on this machine');
  else {
    await step('a thousand synthetic people', async () => {
      page.setDefaultTimeout(180_000);
      await page.goto(`${BASE}/patients/imports`);
      await give({ name: 'people.csv', mimeType: 'text/csv', buffer: fs.readFileSync(SYNTHEA) });
      await page.getByRole('button', { name: 'Check all rows' }).click();
      await page.getByRole('button', { name: 'Enter 1144 patients' }).click();
      await tab(/Entered 1,144/).waitFor();
      assert.equal(await tab(/With faults/).count(), 0);
    }, page);
  }
  await context.close();
}
