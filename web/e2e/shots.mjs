// Pictures of every screen for people to look at: SHOTS=folder VANTAGE_URL=address node e2e/shots.mjs
import fs from 'node:fs';
import { addServices, axe, BASE, launch, newcomer, open, signUp } from './browser.mjs';

const folder = process.env.SHOTS ?? 'shots';
fs.mkdirSync(folder, { recursive: true });
const browser = await launch();
const who = newcomer();
const first = await open(browser);
await signUp(first.page, who);
await addServices(first.page);
const storageState = await first.context.storageState();
storageState.origins = [];
await first.context.close();

const settle = (page) => page.waitForTimeout(500);
const looks = { en: {}, 'en-dark': { dark: true }, ar: { lang: 'ar' }, 'ar-dark': { lang: 'ar', dark: true }, 'en-phone': { phone: true }, 'ar-phone': { lang: 'ar', phone: true } };
const screens = {
  'sign-in': { path: '/sign-in', out: true },
  'sign-up': { path: '/sign-up', out: true, act: (page) => page.locator('button[type=submit]').click() },
  forgot: { path: '/forgot', out: true },
  reset: { path: '/reset#token', out: true },
  'reset-incomplete': { path: '/reset', out: true },
  home: { path: '/' },
  services: { path: '/settings/services' },
  'service-edit': { path: '/settings/services', act: (page) => page.locator('[data-row]').nth(2).click() },
  'service-new': {
    path: '/settings/services?new=true',
    act: async (page) => {
      await page.getByRole('dialog').waitFor();
      await page.locator('button[type=submit]').click();
    },
  },
  'services-empty': { path: '/settings/services?q=zzzz' },
  palette: { path: '/', act: (page) => page.keyboard.press('Control+k') },
  help: { path: '/settings/services', act: (page) => page.keyboard.press('?') },
  menu: { path: '/', act: (page) => page.getByRole('button', { name: /Account menu|قائمة الحساب/ }).click() },
};
const only = process.argv[2];
for (const [look, options] of Object.entries(looks)) {
  for (const [name, screen] of Object.entries(screens)) {
    const file = `${name}-${look}`;
    if (only && !file.includes(only)) continue;
    const watch = [];
    const { context, page } = await open(browser, { ...options, ...(screen.out ? {} : { storageState }), watch });
    await page.goto(BASE + screen.path);
    await page.locator('h1').first().waitFor();
    await settle(page);
    await screen.act?.(page);
    await settle(page);
    await page.screenshot({ path: `${folder}/${file}.png` });
    const { grave, slight } = await axe(page);
    for (const v of grave) console.log(file, v.impact, v.id, v.nodes);
    for (const v of slight) console.log(file, v.impact, v.id, v.nodes[0]);
    for (const line of watch) console.log(file, line);
    await context.close();
  }
}
await browser.close();
