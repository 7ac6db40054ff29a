// Every screen in every look: accessible, never scrolling sideways, and with targets that fingers hit.
// SCREEN=calendar looks at those only that have it in their names.
import assert from 'node:assert/strict';
import { axe, BASE, demoOwner, newcomer, open, signInAtDoor, signUp, speak } from '../browser.mjs';
import { addCases } from '../cases.mjs';
import { addMessages } from '../messages.mjs';
import { addPatients } from '../patients.mjs';
import { looks, screens, visit } from '../screens.mjs';
import { addWebhooks } from '../webhooks.mjs';

/** Fingers need 44 px; links inside running text are exempt. */
const smallTargets = (p) =>
  p.evaluate(() =>
    [...document.querySelectorAll('button, a[href], input, [role=tab]')]
      .filter((e) => e.checkVisibility({ opacityProperty: false }) && !e.matches('.skip, [type=hidden], [tabindex="-1"]'))
      .map((e) => [e, (e.matches('input') ? (e.closest('.mantine-MultiSelect-input') ?? e.closest('.mantine-Checkbox-body, .mantine-Radio-body, .mantine-Switch-body, [data-size]') ?? e.closest('label') ?? e) : e).getBoundingClientRect()])
      .filter(([, r]) => r.width > 0 && (r.height < 43.5 || r.width < 43.5))
      .map(([e, r]) => `${e.tagName} ${e.getAttribute('aria-label') ?? e.textContent?.slice(0, 20)} ${Math.round(r.width)}×${Math.round(r.height)}`),
  );

/** It goes through the practice that the demo comes with. */
export const inDemo = true;

export default async function ({ browser, watch, step, must }) {
  const people = {};
  const enter = async (name, work) => {
    const { context, page } = await open(browser, { watch });
    await must(name, () => work(page), page);
    return { context };
  };
  /** All looks take longer than an access token serves, and those who look share it. */
  const renew = async (person) => {
    const answer = await person.context.request.post(`${BASE}/api/v1/auth/refresh`, { headers: { Origin: BASE } });
    assert.ok(answer.ok(), `refreshing answered ${answer.status()}`);
    person.storageState = { ...(await person.context.storageState()), origins: [] };
  };
  people.demo = await enter('the practice of the demo', async (page) => {
    await signInAtDoor(page, demoOwner);
    // the demo's own patients come with it, where it has any
    await addPatients(page.request);
    await addMessages(page.request);
    await addWebhooks(page.request);
    await addCases(page.request);
  });
  people.fresh = await enter('a practice that is new', (page) => signUp(page, newcomer()));

  const walk = async ([look, options]) => {
    const inside = {
      demo: await open(browser, { ...options, storageState: people.demo.storageState, watch }),
      fresh: await open(browser, { ...options, storageState: people.fresh.storageState, watch }),
      out: await open(browser, { ...options, watch }),
    };
    for (const screen of screens.filter(({ name }) => name.includes(process.env.SCREEN ?? ''))) {
      const { page } = inside[screen.out ? 'out' : screen.fresh ? 'fresh' : 'demo'];
      await step(`accessible: ${screen.name}, ${look}`, async () => {
        await visit(page, BASE, screen);
        const { grave } = await axe(page);
        assert.deepEqual(grave, []);
        // a phone widens its window to what is too wide, so that only the room there is for the page tells
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.ok(wide <= 0, `scrolls sideways by ${wide} px`);
        if (options.phone) assert.deepEqual(await smallTargets(page), []);
      }, page);
    }
    for (const { context } of Object.values(inside)) await context.close();
  };
  // a language is its person's wherever they are, so those who speak the same go side by side
  for (const language of ['en', 'ar']) {
    for (const person of Object.values(people)) await renew(person);
    await Promise.all(Object.entries(looks).filter(([, { lang = 'en' }]) => lang === language).map(walk));
  }
  for (const { context } of Object.values(people)) {
    await speak(context, 'en');
    await context.close();
  }
}
