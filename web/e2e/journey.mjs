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

/** A step that the rest of its journey stands on. */
class Over extends Error {}

/** How a journey takes its steps, and says how they went. */
function steps(say) {
  const step = async (name, work, page) => {
    const started = Date.now();
    try {
      await work();
      passed++;
      say(`ok    ${name} (${Date.now() - started} ms)`);
      return true;
    } catch (error) {
      failed++;
      say(`FAIL  ${name}\n      ${String(error).split('\n').slice(0, 8).join('\n      ')}`);
      if (page) say(`      at ${new URL(page.url()).pathname}, which says: ${await words(page)}`);
      if (process.env.SHOTS && page) await page.screenshot({ path: `${process.env.SHOTS}/failed-${failed}.png` }).catch(() => undefined);
      return false;
    }
  };
  const must = async (name, work, page) => {
    if (!(await step(name, work, page))) throw new Over();
  };
  return { step, must };
}

async function go({ name, walk }, say) {
  say(`\n${name}`);
  const [started, watch] = [Date.now(), []];
  const { step, must } = steps(say);
  try {
    await walk({ browser, watch, step, must });
  } catch (error) {
    if (!(error instanceof Over)) await step('the journey ends well', () => Promise.reject(error));
  }
  await step('no errors and no policy violations in any console', async () => assert.deepEqual([...new Set(watch)], []));
  say(`      ${Math.round((Date.now() - started) / 1000)} s in all`);
}

/** One journey after the other; what each says comes at its end, and not between the words of another. */
async function inTurn(journeys) {
  for (const journey of journeys) {
    const said = [];
    await go(journey, (line) => (asked.length === 1 ? console.log(line) : said.push(line)));
    if (said.length) console.log(said.join('\n'));
  }
}

const journeys = [];
for (const name of all.filter((name) => !asked.length || asked.includes(name))) {
  const { default: walk, inDemo = false } = await import(new URL(`${name}.mjs`, folder));
  journeys.push({ name, walk, inDemo });
}
// those in the demo's own practice would be in each other's way; all others make a practice of their own
await Promise.all([true, false].map((inDemo) => inTurn(journeys.filter((journey) => journey.inDemo === inDemo))));

await browser.close();
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
