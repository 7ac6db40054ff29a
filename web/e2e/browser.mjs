// What the journey and the pictures share: the browser, its contexts, and the watch for errors.
import fs from 'node:fs';
import { chromium } from 'playwright-core';

export const BASE = process.env.VANTAGE_URL ?? 'http://localhost:7180';
const axeSource = fs.readFileSync(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const axeTags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

export const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });

/** A separate person at a separate machine. Refusals that a step provokes on purpose are listed in `expected`. */
export async function open(browser, { lang = 'en', dark = false, phone = false, storageState, watch } = {}) {
  const context = await browser.newContext({
    viewport: phone ? { width: 390, height: 844 } : { width: 1440, height: 900 },
    isMobile: phone,
    hasTouch: phone,
    deviceScaleFactor: phone ? 2 : 1,
    locale: 'en-GB',
    timezoneId: 'Asia/Riyadh',
    reducedMotion: 'reduce',
    colorScheme: dark ? 'dark' : 'light',
    ...(storageState ? { storageState } : {}),
  });
  await context.addInitScript(
    ([language, scheme]) => {
      if (!localStorage.getItem('vantage.lang')) localStorage.setItem('vantage.lang', language);
      if (!localStorage.getItem('mantine-color-scheme-value')) localStorage.setItem('mantine-color-scheme-value', scheme);
      addEventListener('securitypolicyviolation', (e) => console.error(`CSP violation: ${e.violatedDirective} ${e.blockedURI}`));
    },
    [lang, dark ? 'dark' : 'light'],
  );
  // the page speaks the language of whoever is signed in, wherever they are
  if (storageState) await speak(context, lang);
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  if (watch) {
    page.on('pageerror', (e) => watch.push(`page error: ${e.message}`));
    page.on('console', (m) => {
      if (m.type() !== 'error' && m.type() !== 'warning') return;
      // the browser itself reports refused requests; a 4xx is an answer, not a fault
      if (/Failed to load resource: the server responded with a status of 4\d\d/.test(m.text())) return;
      watch.push(`${m.type()}: ${m.text()}`);
    });
  }
  return { context, page };
}

/** Has the person of a signed-in browser speak that language, as the switch on the page does. */
export async function speak(context, language) {
  const { version, language: before } = await (await context.request.get(`${BASE}/api/v1/account`)).json();
  if (before === language) return;
  const answer = await context.request.patch(`${BASE}/api/v1/account`, { headers: { Origin: BASE }, data: { version, language } });
  // another window of the same person may have been quicker
  if (answer.status() === 409 && (await answer.json()).current?.language === language) return;
  if (!answer.ok()) throw new Error(`changing the language: ${answer.status()} ${await answer.text()}`);
}

/** Serious and critical findings; injected through the debugging protocol, since the page's policy forbids foreign scripts. */
export async function axe(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: axeSource });
  const run = `axe.run(document, { runOnly: ${JSON.stringify(axeTags)} }).then((r) => JSON.stringify(r.violations.map((v) => ({
    id: v.id, impact: v.impact, nodes: v.nodes.slice(0, 4).map((n) => n.target.join(' ') + ' — ' + (n.any[0] ?? n.all[0] ?? n.none[0])?.message) }))))`;
  const { result } = await session.send('Runtime.evaluate', { expression: run, awaitPromise: true, returnByValue: true });
  await session.detach();
  const all = JSON.parse(result.value);
  const grave = all.filter((v) => v.impact === 'serious' || v.impact === 'critical');
  return { grave, slight: all.filter((v) => !grave.includes(v)) };
}

let counter = 0;
/** Someone who has never been here. */
export function newcomer(label = 'Alpha Dental Center') {
  const mark = `${Date.now().toString(36)}${counter++}`;
  return { practice: label, slug: `alpha-${mark}`, name: 'Sara Abdullah', email: `sara.${mark}@example.com`, password: 'four calm river stones' };
}

/** To the first of the steps that a new practice is led through. */
export async function signUpOnly(page, who) {
  await page.goto(`${BASE}/sign-up`);
  const next = () => page.getByRole('button', { name: 'Continue' }).click();
  await page.getByLabel('Practice name').fill(who.practice);
  await page.getByLabel('Address name').fill(who.slug);
  await next();
  await page.getByRole('combobox', { name: 'Country' }).waitFor();
  await next();
  await page.getByLabel('Your name').fill(who.name);
  await page.getByLabel('Email').fill(who.email);
  await next();
  await page.getByLabel('Password', { exact: true }).fill(who.password);
  await page.getByRole('button', { name: 'Create the practice' }).click();
  await page.getByRole('heading', { level: 1, name: `Set up ${who.practice}` }).waitFor();
}

/** And on to Home, leaving the steps for later. */
export async function signUp(page, who) {
  await signUpOnly(page, who);
  await page.getByRole('link', { name: 'Later', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: /Sara/ }).waitFor();
}

/** The whole practice that the demo comes with. */
export const demoOwner = { email: 'owner@alpha.example', password: 'vantage-demo-2026' };
/** Of the other practice. */
export const demoOther = { email: 'owner@beta.example', password: 'vantage-demo-2026' };

export async function signInAtDoor(page, who) {
  await page.goto(`${BASE}/sign-in`);
  await signIn(page, who);
  // inside it speaks as its person does
  await page.getByRole('button', { name: /Account menu|قائمة الحساب/ }).waitFor();
}

/** Out by the account menu, in whatever language. */
export async function signOut(page) {
  await page.getByRole('button', { name: /Account menu|قائمة الحساب/ }).click();
  await page.getByRole('menuitem', { name: /Sign out|تسجيل الخروج/ }).click();
  await page.waitForURL(/\/sign-in/);
}

export async function signIn(page, who) {
  await page.getByLabel('Email').fill(who.email);
  await page.getByLabel('Password', { exact: true }).fill(who.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

export const sampleServices = [
  ['Check-up', 'كشف', 'D0120', 'Diagnostics', 30, 0, 5, 15000, 'teal'],
  ['Scaling and polishing', 'تنظيف وتلميع', 'D1110', 'Hygiene', 45, 0, 10, 28000, 'blue'],
  ['Composite filling', 'حشوة تجميلية', 'D2391', 'Restorative', 45, 0, 10, 45000, 'violet'],
  ['Root canal, molar', 'علاج عصب ضرس', 'D3330', 'Endodontics', 90, 5, 15, 165000, 'red'],
  ['Porcelain crown', 'تاج بورسلان', 'D2740', 'Restorative', 60, 0, 15, 185000, 'amber'],
  ['Teeth whitening', 'تبييض الأسنان', 'D9972', 'Cosmetic', 60, 0, 10, 95000, 'pink'],
  ['Orthodontic review', 'متابعة تقويم', 'D8670', 'Orthodontics', 20, 0, 5, 20000, 'green'],
  ['Panoramic X-ray', 'أشعة بانورامية', 'D0330', 'Diagnostics', 15, 0, 0, 18000, 'slate'],
  ['Surgical extraction', 'خلع جراحي', 'D7210', 'Surgery', 60, 10, 20, 78000, 'red'],
  ['Fluoride varnish', null, 'D1206', 'Hygiene', 15, 0, 0, 12000, 'blue'],
];

/** Through the API, with the page's own cookies: filling a practice by hand is what the journey itself does once. */
export async function addServices(page, rows = sampleServices) {
  for (const [nameEn, nameAr, code, category, durationMinutes, bufferBeforeMinutes, bufferAfterMinutes, amountMinor, colour] of rows) {
    const answer = await page.request.post(`${BASE}/api/v1/services`, {
      headers: { 'Idempotency-Key': crypto.randomUUID(), Origin: BASE },
      data: { nameEn, nameAr, code, category, durationMinutes, bufferBeforeMinutes, bufferAfterMinutes, price: { amountMinor, currency: 'SAR' }, vatCategory: 'standard', colour },
    });
    if (!answer.ok()) throw new Error(`adding a service: ${answer.status()} ${await answer.text()}`);
  }
}
