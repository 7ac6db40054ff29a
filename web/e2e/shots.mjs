// Pictures of every screen for people to look at: SHOTS=folder VANTAGE_URL=address node e2e/shots.mjs [part of a name]
import fs from 'node:fs';
import { axe, BASE, demoOwner, launch, newcomer, open, signInAtDoor, signUp, speak } from './browser.mjs';
import { addCases } from './cases.mjs';
import { addMessages } from './messages.mjs';
import { addPatients } from './patients.mjs';
import { addWebhooks } from './webhooks.mjs';
import { looks, screens, visit } from './screens.mjs';

const folder = process.env.SHOTS ?? 'shots';
fs.mkdirSync(folder, { recursive: true });
const browser = await launch();
const enter = async (work) => {
  const { context, page } = await open(browser);
  await work(page);
  const storageState = await context.storageState();
  storageState.origins = [];
  return { context, storageState };
};
const people = {
  demo: await enter(async (page) => {
    await signInAtDoor(page, demoOwner);
    // the demo's own patients come with it, where it has any
    await addPatients(page.request);
    await addMessages(page.request);
    await addWebhooks(page.request);
    await addCases(page.request);
  }),
  fresh: await enter((page) => signUp(page, newcomer())),
};

const only = process.argv[2];
for (const [look, options] of Object.entries(looks)) {
  for (const screen of screens) {
    const file = `${screen.name} ${look}`.replace(/[ ,]+/g, '-');
    if (only && !file.includes(only)) continue;
    const watch = [];
    const who = screen.out ? {} : { storageState: people[screen.fresh ? 'fresh' : 'demo'].storageState };
    const { context, page } = await open(browser, { ...options, ...who, watch });
    try {
      await visit(page, BASE, screen);
      await page.screenshot({ path: `${folder}/${file}.png` });
      const { grave, slight } = await axe(page);
      for (const v of grave) console.log(file, v.impact, v.id, v.nodes);
      for (const v of slight) console.log(file, v.impact, v.id, v.nodes[0]);
    } catch (error) {
      console.log(file, String(error).split('\n')[0]);
      await page.screenshot({ path: `${folder}/failed-${file}.png` });
    }
    for (const line of watch) console.log(file, line);
    await context.close();
  }
}
for (const { context } of Object.values(people)) await speak(context, 'en');
await browser.close();
