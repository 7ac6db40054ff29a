// What the practice does by itself: a recipe, edited and published; a branch built with the keyboard alone; Arabic; a run
// that fails, is mended and goes on.
import assert from 'node:assert/strict';
import { axe, BASE, newcomer, open, signUp } from '../browser.mjs';

const post = async (request, path, data = {}) => {
  const answer = await request.post(`${BASE}/api/v1${path}`, { headers: { Origin: BASE, 'Idempotency-Key': crypto.randomUUID() }, data });
  assert.ok(answer.ok(), `${path}: ${answer.status()} ${await answer.text()}`);
  return answer.json();
};
const get = async (request, path) => (await request.get(`${BASE}/api/v1${path}`)).json();

export default async function ({ browser, watch, step, must }) {
  const who = newcomer();
  const { context, page } = await open(browser, { watch });
  const { request } = page;
  const fine = async (p = page) => assert.deepEqual((await axe(p)).grave, []);
  const card = (key) => page.locator(`[data-key="${key}"]`);
  const inspector = page.locator('[data-inspector]');
  const saved = (p = page) => p.locator('[data-saving=saved]').waitFor();
  const keys = (p = page) => p.locator('[data-key]').evaluateAll((nodes) => nodes.map((node) => node.dataset.key));
  const idOf = (p = page) => new URL(p.url()).pathname.split('/').at(-1);
  const press = async (...names) => {
    for (const name of names) await page.keyboard.press(name);
  };
  /** What is added by its name, behind what is chosen. */
  const add = async (words) => {
    await press('+');
    await page.getByRole('dialog', { name: 'Add a step' }).waitFor();
    await page.keyboard.type(words);
    await press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  };
  /** In the list that has the focus. */
  const choose = async (words) => {
    await press('ArrowDown');
    await page.getByRole('option').first().waitFor();
    await page.getByRole('option', { name: words, exact: true }).waitFor();
    for (let n = 0; n < 40; n++) {
      if (await page.locator('[role=option][data-combobox-selected]').filter({ hasText: new RegExp(`^${words}$`) }).count()) break;
      await press('ArrowDown');
    }
    await press('Enter');
  };

  await must('sign up a practice, in which nothing runs by itself yet', async () => {
    await signUp(page, who);
    await page.getByRole('link', { name: 'Automations' }).click();
    await page.getByRole('heading', { name: 'Nothing runs by itself yet' }).waitFor();
    await fine();
  }, page);

  let offered;
  await step('the list leads to the recipes, which say what they do and what is missing', async () => {
    await page.getByRole('link', { name: 'Choose a recipe' }).click();
    await page.getByRole('heading', { level: 1, name: 'Recipes' }).waitFor();
    offered = (await get(request, '/workflow-blocks')).recipes;
    await page.waitForFunction((count) => document.querySelectorAll('[data-recipe]').length === count, offered.length);
    for (const { name, usable } of offered) {
      const one = page.locator(`[data-recipe="${name}"]`);
      // what is missing is said, and keeps nobody from a draft
      assert.equal(await one.getByRole('button').count(), 1, name);
      assert.equal(await one.getByText('Not available yet').count(), usable ? 0 : 1, name);
    }
    await fine();
  }, page);

  const usable = offered?.find((recipe) => recipe.usable);
  if (usable) {
    await step('a recipe is one click from a draft, which is edited, kept and taken back', async () => {
      await page.locator(`[data-recipe="${usable.name}"]`).getByRole('button').click();
      await card('trigger').click();
      const [first] = usable.definition.steps;
      await card(first.id).click();
      await page.getByLabel('Name of the step').fill('My own words');
      await saved();
      assert.equal((await get(request, `/workflows/${idOf()}`)).definition.steps[0].name, 'My own words');
      await card(first.id).click();
      await press('Control+z');
      await saved();
      await page.waitForFunction((key) => !document.querySelector(`[data-key="${key}"]`).textContent.includes('My own words'), first.id);
      await press('Control+Shift+z');
      await card(first.id).getByText('My own words').waitFor();
      await saved();
      await fine();
    }, page);
  }

  await must('a branch is built with the keyboard alone', async () => {
    await page.goto(`${BASE}/workflows`);
    await page.getByRole('heading', { level: 1, name: 'Automations' }).waitFor();
    await press('n');
    await card('trigger').waitFor();
    // the only stop of the tabulator on the canvas
    await page.waitForFunction(() => {
      const stops = [...document.querySelectorAll('[data-key]')].filter((node) => node.tabIndex === 0);
      return stops.length === 1 && (stops[0].focus(), true);
    });
    await press('Enter');
    await page.waitForFunction(() => document.activeElement?.closest('[data-inspector]'));
    await choose('By hand');
    await press('Tab');
    await choose('For nothing in particular');
    await press('Escape');
    await page.waitForFunction(() => document.activeElement?.dataset.key === 'trigger');
    await add('decide');
    await page.waitForFunction(() => document.activeElement?.dataset.key === 'branch1');
    await press('ArrowDown');
    await page.waitForFunction(() => document.activeElement?.dataset.key === 'branch1/path1');
    await add('keep a value');
    await page.waitForFunction(() => document.activeElement?.dataset.key === 'variable1');
    await press('Enter', 'Tab');
    await page.keyboard.type('greeting');
    await press('Tab', 'Tab');
    await page.keyboard.type('Good morning from {{');
    await page.getByPlaceholder('Search values').waitFor();
    // what is typed goes there once it has the focus
    await page.waitForFunction(() => document.activeElement?.matches('[placeholder="Search values"]'));
    await page.keyboard.type('practice');
    await press('ArrowDown', 'Enter');
    await press('Escape');
    await page.waitForFunction(() => document.activeElement?.dataset.key === 'variable1');
    await press('ArrowDown');
    await page.waitForFunction(() => document.activeElement?.dataset.key === 'branch1/');
    await add('stop');
    await saved();
    assert.deepEqual(await keys(), ['trigger', 'branch1', 'branch1/path1', 'variable1', 'branch1/', 'stop1']);
    const { trigger, steps } = (await get(request, `/workflows/${idOf()}`)).definition;
    assert.equal(trigger.kind, 'hand');
    assert.equal(steps[0].paths[0].steps[0].fields.name, 'greeting');
    assert.match(steps[0].paths[0].steps[0].fields.value, /^Good morning from \{\{ practice\.\w+ \}\}$/);
  }, page);

  await step('what is chosen moves, is doubled and deleted with keys, and everything can be taken back', async () => {
    await card('variable1').click();
    await press('Control+d');
    await page.waitForFunction(() => document.activeElement?.dataset.key === 'variable2');
    await press('Alt+ArrowDown');
    await page.waitForFunction(() => document.querySelectorAll('[data-key]')[4].dataset.key === 'branch1/');
    assert.deepEqual(await keys(), ['trigger', 'branch1', 'branch1/path1', 'variable1', 'branch1/', 'variable2', 'stop1']);
    await press('Delete');
    await page.waitForFunction(() => !document.querySelector('[data-key=variable2]'));
    await press('Control+z', 'Control+z', 'Control+z');
    await page.waitForFunction(() => !document.querySelector('[data-key=variable2]') && document.querySelector('[data-key=variable1]'));
    assert.deepEqual(await keys(), ['trigger', 'branch1', 'branch1/path1', 'variable1', 'branch1/', 'stop1']);
  }, page);

  await step('whoever leaves a form or the list of blocks with Esc is back at the step, and keys act on it', async () => {
    const focusOn = (key) => page.waitForFunction((wanted) => document.activeElement?.dataset.key === wanted, key);
    await card('variable1').click();
    await press('Enter');
    await page.waitForFunction(() => document.activeElement?.closest('[data-inspector=variable1]'));
    await press('Escape');
    await focusOn('variable1');
    await press('+');
    await page.getByRole('dialog', { name: 'Add a step' }).waitFor();
    await press('Escape');
    await focusOn('variable1');
    await press('Control+d');
    await focusOn('variable2');
    await press('Control+z');
    await page.waitForFunction(() => !document.querySelector('[data-key=variable2]'));
  }, page);

  await step('a problem leads to the field that has it, and stands in the way of publishing', async () => {
    await page.getByRole('button', { name: /^\d+ problems?$/ }).click();
    const problems = page.getByRole('dialog');
    await problems.getByRole('button').filter({ hasText: 'Say when this path is taken.' }).click();
    await page.waitForFunction(() => document.activeElement?.closest('[data-field=condition]'));
    await page.getByRole('button', { name: 'Publish', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Publish' });
    await dialog.getByText('This has to be mended first:').waitFor();
    assert.ok(await dialog.getByRole('button', { name: 'Publish', exact: true }).isDisabled());
    await press('Escape');
    await dialog.waitFor({ state: 'detached' });
  }, page);

  await step('a condition in words mends it', async () => {
    await card('branch1/path1').click();
    await inspector.getByRole('button', { name: 'Add a condition' }).click();
    await inspector.getByRole('combobox', { name: 'Value', exact: true }).or(inspector.getByRole('textbox', { name: 'Value', exact: true })).first().click();
    await page.getByRole('option', { name: 'Currency' }).click();
    await inspector.getByLabel('Compared with').fill('SAR');
    await card('branch1/path1').getByText(/Currency is SAR/).waitFor();
    await saved();
    const { steps } = (await get(request, `/workflows/${idOf()}`)).definition;
    assert.deepEqual(steps[0].paths[0].condition, { and: [{ '==': [{ var: 'practice.currency' }, 'SAR'] }] });
    await page.getByRole('button', { name: /^\d+ problems?$/ }).waitFor({ state: 'detached' });
    await fine();
  }, page);

  await must('it is published, and its versions are compared', async () => {
    const publish = async (said) => {
      await page.getByRole('button', { name: said, exact: true }).click();
      const dialog = page.getByRole('dialog');
      await fine();
      await dialog.getByRole('button', { name: 'Publish', exact: true }).click();
      await dialog.waitFor({ state: 'detached' });
      await page.locator('[data-status=published]').waitFor();
    };
    await publish('Publish');
    await card('stop1').click();
    await page.getByLabel('Name of the step').fill('Nothing to do');
    await saved();
    await page.getByRole('button', { name: 'Publish changes' }).click();
    await page.getByRole('dialog').getByText('Nothing to do').waitFor();
    await press('Escape');
    await publish('Publish changes');
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Versions' }).click();
    await page.getByRole('dialog').getByRole('button', { name: /Version 2/ }).click();
    await page.getByRole('dialog').locator('[data-change=changed]').getByText('Nothing to do').waitFor();
    await press('Escape');
  }, page);

  await step('it runs by hand, and the run shows the way it took and what each step did', async () => {
    const id = idOf();
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Run now' }).click();
    await page.getByRole('dialog', { name: 'Run now' }).getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByText('1 run has begun').waitFor();
    await page.getByRole('link', { name: 'Runs', exact: true }).click();
    await page.locator('[data-row]').first().waitFor();
    for (let tries = 0; tries < 50 && (await get(request, `/workflow-runs?workflow=${id}`)).items[0].state !== 'done'; tries++) await page.waitForTimeout(100);
    await page.locator('[data-row]').first().click();
    await page.locator('[data-key=variable1][data-mark=done]').waitFor();
    await page.locator('[data-key=stop1][data-faint]').waitFor();
    await fine();
    await page.locator('[data-key=variable1]').click();
    await page.getByRole('dialog').getByText('greeting').waitFor();
    await press('Escape');
  }, page);

  await step('a run that failed says where and why; once that is mended it goes on from there', async () => {
    const text = (value) => ({ trigger: { kind: 'hand', subject: null }, steps: [
      { kind: 'action', id: 'variable1', name: null, action: 'variable.set', fields: { name: 'first', value: 'kept' } },
      { kind: 'action', id: 'text1', name: null, action: 'text.format', fields: { text: value }, retry: { attempts: 1 } },
    ] });
    const { id, version } = await post(request, '/workflows', { name: 'Fails at first', definition: text('{{ practice.name|date }}') });
    await post(request, `/workflows/${id}/publish`, { version });
    await post(request, `/workflows/${id}/runs`, { ids: [] });
    await page.goto(`${BASE}/workflows/runs?workflow=${id}&state=failed`);
    await page.locator('[data-row]').first().click();
    await page.getByText('Failed at “Make a text”').waitFor();
    await page.locator('[data-key=variable1][data-mark=done]').waitFor();
    await page.getByRole('button', { name: 'Look at the step' }).click();
    await page.getByRole('dialog').locator('[data-run=failed]').waitFor();
    await fine();
    await press('Escape');
    const run = page.url();
    await page.getByRole('link', { name: 'Fails at first' }).click();
    await card('text1').click();
    const box = inspector.getByRole('textbox', { name: /^Text/ });
    await box.click();
    await press('Control+a');
    await page.keyboard.type('Good morning');
    await card('text1').getByText('Good morning').waitFor();
    await saved();
    await page.getByRole('button', { name: 'Publish changes' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Publish', exact: true }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.goto(run);
    await page.getByRole('button', { name: 'Resume with version 2' }).click();
    await page.locator('[data-key=text1][data-mark=done]').waitFor();
    const steps = (await get(request, `/workflow-runs/${idOf()}`)).steps;
    assert.equal(steps.filter(({ stepId }) => stepId === 'variable1').length, 1, 'what was done is not done again');
  }, page);

  await step('in Arabic everything runs the other way, and the canvas still reads from top to bottom', async () => {
    const arabic = await open(browser, { lang: 'ar', storageState: await context.storageState(), watch });
    await arabic.page.goto(`${BASE}/workflows`);
    await arabic.page.getByRole('heading', { level: 1, name: 'الأتمتة' }).waitFor();
    await fine(arabic.page);
    await arabic.page.keyboard.press('n');
    await arabic.page.locator('[data-key=trigger]').focus();
    await arabic.page.keyboard.press('+');
    await arabic.page.getByRole('dialog', { name: 'إضافة خطوة' }).waitFor();
    await arabic.page.keyboard.type('انتظار');
    await arabic.page.keyboard.press('Enter');
    await arabic.page.locator('[data-key=wait1]').getByText('انتظار: ساعة').waitFor();
    const [first, second] = await Promise.all(['trigger', 'wait1'].map((key) => arabic.page.locator(`[data-key=${key}]`).boundingBox()));
    assert.ok(second.y > first.y + first.height);
    await saved(arabic.page);
    await fine(arabic.page);
    await arabic.context.close();
  }, page);

  await step('on a phone the same steps are a list, to look at and to edit', async () => {
    const phone = await open(browser, { phone: true, storageState: await context.storageState(), watch });
    const id = (await get(request, '/workflows?status=published')).items[0].id;
    await phone.page.goto(`${BASE}/workflows/${id}`);
    await phone.page.locator('ol [data-key=variable1]').click();
    await phone.page.getByRole('dialog').getByLabel('Name of the step').waitFor();
    await fine(phone.page);
    await phone.context.close();
  }, page);

  await context.close();
}
