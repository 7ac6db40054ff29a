// Somebody who was entered twice: found, told apart, put together, and taken apart again.
import assert from 'node:assert/strict';
import { axe, BASE, newcomer, open, signUp } from '../browser.mjs';

export default async function ({ browser, watch, step, must }) {
  const { context, page } = await open(browser, { watch });
  await must('sign up', () => signUp(page, newcomer()), page);
  const enter = async (data) => {
    const answer = await page.request.post(`${BASE}/api/v1/patients`, { headers: { 'Idempotency-Key': crypto.randomUUID(), Origin: BASE }, data });
    assert.ok(answer.ok(), `${answer.status()} ${await answer.text()}`);
  };
  const linas = (count) =>
    page.waitForFunction((wanted) => [...document.querySelectorAll('[data-row]')].filter((row) => row.textContent.includes('Lina')).length === wanted, count);
  const list = () => page.getByRole('list', { name: 'Duplicates' });

  await must('two pairs are found', async () => {
    await enter({ givenName: 'Lina', familyName: 'Haddad', birthDate: '1990-02-28', phones: [{ number: '0511146215' }] });
    await enter({ givenName: 'Lina', familyName: 'Haddad', birthDate: '1990-02-28', leadSource: 'A friend', phones: [{ number: '0559876543' }] });
    await enter({ givenName: 'Omar', nationalId: '1098' });
    await enter({ givenName: 'Omer', nationalId: '1098' });
    await page.goto(`${BASE}/patients`);
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Duplicates' }).click();
    await page.getByText('Same name and birth date').waitFor();
    await page.getByText('Same national ID').waitFor();
    assert.deepEqual((await axe(page)).grave, []);
  }, page);

  await step('who they are is seen without leaving the list', async () => {
    await page.getByRole('link', { name: /Omer/ }).focus();
    await page.keyboard.press('Space');
    await page.getByRole('dialog').getByText('Omer', { exact: true }).waitFor();
    await page.keyboard.press('ArrowUp');
    await page.getByRole('dialog').getByText('Omar', { exact: true }).waitFor();
    assert.deepEqual((await axe(page)).grave, []);
    await page.goBack();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByRole('heading', { level: 1, name: 'Duplicates' }).waitFor();
  }, page);

  await step('who is not one is told apart, and that can be undone', async () => {
    await page.getByRole('button', { name: 'Not a duplicate: Omar and Omer' }).click();
    await page.getByText('They will not be shown as a pair again').waitFor();
    await page.getByText('Same national ID').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Same national ID').waitFor();
  }, page);

  await step('one decides where both differ', async () => {
    await page.getByRole('button', { name: 'Merge Omar and Omer' }).click();
    const names = page.getByRole('radiogroup', { name: 'Given names' });
    await names.getByRole('radio', { name: 'Omer' }).check();
    assert.deepEqual((await axe(page)).grave, []);
    await page.getByRole('button', { name: 'Merge records' }).click();
    await page.getByText('The records were merged').waitFor();
    await list().getByText('Same national ID').waitFor({ state: 'detached' });
  }, page);

  await step('merged, with what both had; and two again', async () => {
    await page.getByRole('button', { name: 'Merge Lina Haddad and Lina Haddad' }).click();
    await page.getByRole('button', { name: 'Merge records' }).click();
    await page.getByText('No duplicates').waitFor();
    // keys belong to the drawer until it is gone
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('Backspace');
    await linas(1);
    await page.locator('[data-row]').filter({ hasText: 'Lina Haddad' }).click();
    await page.getByText('Includes patient 2').waitFor();
    await page.getByText('A friend').waitFor();
    await page.getByRole('link', { name: '+966 55 987 6543' }).first().waitFor();
    await page.getByRole('button', { name: 'Undo the merge' }).click();
    await page.getByText('The merge was undone').waitFor();
    await page.getByText('Includes patient 2').waitFor({ state: 'detached' });
    await page.getByText('A friend').waitFor({ state: 'detached' });
    await page.goto(`${BASE}/patients`);
    await linas(2);
  }, page);
  await context.close();
}
