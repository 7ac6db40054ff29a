// Every screen in every look: accessible, never scrolling sideways, and with targets that fingers hit.
import assert from 'node:assert/strict';
import { addServices, axe, BASE, newcomer, open, signUp } from '../browser.mjs';

const looks = [
  ['en', {}],
  ['en dark', { dark: true }],
  ['ar', { lang: 'ar' }],
  ['ar dark', { lang: 'ar', dark: true }],
  ['en phone', { phone: true }],
  ['ar phone dark', { lang: 'ar', dark: true, phone: true }],
];
const row = '[data-row]';
const submit = (p) => p.locator('button[type=submit]').click();
/** `out`: before signing in. `ready`: what shows that the page has its content. `act`: what to do before looking. */
const screens = [
  { name: 'sign-in', path: '/sign-in', out: true },
  { name: 'sign-up with errors', path: '/sign-up', out: true, act: submit },
  { name: 'forgotten password with errors', path: '/forgot', out: true, act: submit },
  { name: 'reset link that is incomplete', path: '/reset', out: true },
  { name: 'new password with errors', path: '/reset#unknown', out: true, act: submit },
  { name: 'invitation that is incomplete', path: '/invite', out: true },
  { name: 'home', path: '/' },
  { name: 'settings', path: '/settings' },
  { name: 'services', path: '/settings/services', ready: row },
  { name: 'services, nothing found', path: '/settings/services?q=zzzz' },
  { name: 'service', path: '/settings/services', ready: row, act: (p) => p.locator(row).first().click() },
  { name: 'new service with errors', path: '/settings/services?new=true', ready: row, act: submit },
  { name: 'palette', path: '/', act: (p) => p.keyboard.press('Control+k') },
  { name: 'help', path: '/settings/services', ready: row, act: (p) => p.keyboard.press('?') },
  { name: 'account menu', path: '/', act: (p) => p.getByRole('button', { name: /Account menu|قائمة الحساب/ }).click() },
];
/** Fingers need 44 px; links inside running text are exempt. */
const smallTargets = (p) =>
  p.evaluate(() =>
    [...document.querySelectorAll('button, a[href], input, [role=tab]')]
      .filter((e) => e.checkVisibility({ opacityProperty: false }) && !e.matches('.skip, [type=hidden], [tabindex="-1"]'))
      .map((e) => [e, (e.matches('input') ? (e.closest('.mantine-Checkbox-body, .mantine-Switch-body, .mantine-MultiSelect-input, [data-size]') ?? e) : e).getBoundingClientRect()])
      .filter(([, r]) => r.width > 0 && (r.height < 43.5 || r.width < 43.5))
      .map(([e, r]) => `${e.tagName} ${e.getAttribute('aria-label') ?? e.textContent?.slice(0, 20)} ${Math.round(r.width)}×${Math.round(r.height)}`),
  );

export default async function ({ browser, watch, step, must }) {
  const first = await open(browser, { watch });
  await must('a practice to look at', async () => {
    await signUp(first.page, newcomer());
    await addServices(first.page);
  }, first.page);
  const storageState = await first.context.storageState();
  storageState.origins = [];
  await first.context.close();

  for (const [look, options] of looks) {
    const inside = await open(browser, { ...options, storageState, watch });
    const outside = await open(browser, { ...options, watch });
    for (const { name, path, out, ready, act } of screens) {
      const p = (out ? outside : inside).page;
      await step(`accessible: ${name}, ${look}`, async () => {
        await p.goto(BASE + path);
        await p.locator('h1').first().waitFor();
        if (ready) await p.locator(ready).first().waitFor();
        await act?.(p);
        await p.waitForTimeout(350);
        const { grave } = await axe(p);
        assert.deepEqual(grave, []);
        const wide = await p.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(wide <= 0, `scrolls sideways by ${wide} px`);
        if (options.phone) assert.deepEqual(await smallTargets(p), []);
      }, p);
    }
    await inside.context.close();
    await outside.context.close();
  }
}
