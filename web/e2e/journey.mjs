// People's ways through the whole product, in a real browser against a running server:
// VANTAGE_URL=http://localhost:7180 node e2e/journey.mjs [name of a journey …]
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { launch } from './browser.mjs';

const folder = new URL('journeys/', import.meta.url);
const all = fs.readdirSync(folder).filter((name) => name.endsWith('.mjs')).map((name) => name.slice(0, -4)).sort();
const asked = process.argv.slice(2);
const browser = await launch();
let passed = 0;
let failed = 0;

/** What stands on a page where a step failed: mostly it says why itself. */
async function words(page) {
  const text = await page.locator('body').innerText({ timeout: 2_000 }).catch(() => 'nothing that can be read');
  return text.replace(/\s+/g, ' ').slice(0, 600);
}

async function step(name, work, page) {
  const started = Date.now();
  try {
    await work();
    passed++;
    console.log(`ok    ${name} (${Date.now() - started} ms)`);
    return true;
  } catch (error) {
    failed++;
    console.log(`FAIL  ${name}\n      ${String(error).split('\n').slice(0, 8).join('\n      ')}`);
    if (page) console.log(`      at ${new URL(page.url()).pathname}, which says: ${await words(page)}`);
    if (process.env.SHOTS && page) await page.screenshot({ path: `${process.env.SHOTS}/failed-${failed}.png` }).catch(() => undefined);
    return false;
  }
}

/** A step that the rest of its journey stands on. */
class Over extends Error {}
async function must(name, work, page) {
  if (!(await step(name, work, page))) throw new Over();
}

for (const name of all.filter((name) => !asked.length || asked.includes(name))) {
  console.log(`\n${name}`);
  const watch = [];
  const { default: walk } = await import(new URL(`${name}.mjs`, folder));
  try {
    await walk({ browser, watch, step, must });
  } catch (error) {
    if (!(error instanceof Over)) await step('the journey ends well', () => Promise.reject(error));
  }
  await step('no errors and no policy violations in any console', async () => assert.deepEqual([...new Set(watch)], []));
}

await browser.close();
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
