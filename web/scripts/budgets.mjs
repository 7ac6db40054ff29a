// What a first visit downloads, per route, from the build's manifest; fails when a budget is passed by more than 5 %.
import fs from 'node:fs';
import zlib from 'node:zlib';

const KB = 1024;
/**
 * gzip kilobytes: all of it for the two starting points; `choices` is what lists and forms share, loaded once with the
 * first of them; everything else on top of both. `calendar` is its board, `workflow` the canvas on top of the builder, as is all else that only
 * the builder opens. A language is one file with every everyday text, and one for each part that few people see.
 */
const budgets = { signIn: 210, shell: 205, choices: 23, css: 28, route: 21, form: 40, calendar: 50, workflow: 65, language: 20 };

const manifest = JSON.parse(fs.readFileSync('dist/.vite/manifest.json', 'utf8'));
const size = (file) => zlib.gzipSync(fs.readFileSync(`dist/${file}`), { level: 9 }).length / KB;

function collect(key, seen = { js: new Set(), css: new Set() }) {
  const entry = manifest[key];
  if (!entry || seen.js.has(entry.file)) return seen;
  seen.js.add(entry.file);
  for (const css of entry.css ?? []) seen.css.add(css);
  for (const next of entry.imports ?? []) collect(next, seen);
  return seen;
}
const sum = (files) => [...files].reduce((total, file) => total + size(file), 0);
const minus = (a, b) => new Set([...a].filter((x) => !b.has(x)));

const entry = collect('index.html');
const signIn = collect('src/features/identity/sign-in/SignInPage.tsx', { js: new Set(entry.js), css: new Set(entry.css) });
const shell = collect('src/app/Shell.tsx', { js: new Set(entry.js), css: new Set(entry.css) });
const builder = collect('src/features/automation/builder/BuilderPage.tsx', { js: new Set(shell.js), css: new Set(shell.css) });
const choices = new Set(Object.values(manifest).filter((entry) => entry.name === 'choices').map((entry) => entry.file));
const rows = [
  ['sign-in, all JS', sum(signIn.js), budgets.signIn],
  ['shell, all JS', sum(shell.js), budgets.shell],
  ['lists and forms, JS', sum(minus(choices, shell.js)), budgets.choices],
  ['shell, all CSS', sum(shell.css), budgets.css],
];
for (const key of Object.keys(manifest)) {
  if (!manifest[key].isDynamicEntry || key === 'src/app/Shell.tsx') continue;
  const own = collect(key);
  const inBuilder = /automation\/(canvas|builder\/(?!BuilderPage))/.test(key);
  const base = inBuilder ? builder : /SignInPage|SignUpPage|ForgotPage|ResetPage|InvitePage|online\/BookingPage/.test(key) ? entry : shell;
  const limit = key.endsWith('.json') ? budgets.language : key.endsWith('calendar/Board.tsx') ? budgets.calendar : key.endsWith('canvas/WorkflowCanvas.tsx') ? budgets.workflow : /Drawer|SignUpPage|InvitePage|BookingPage|BuilderPage|Inspector|RunPage/.test(key) ? budgets.form : budgets.route;
  rows.push([`+ ${key.replace('src/', '')}`, sum(minus(minus(own.js, base.js), choices)) + sum(minus(own.css, base.css)), limit]);
}
let over = 0;
for (const [name, kb, limit] of rows) {
  const bad = kb > limit * 1.05;
  if (bad) over++;
  console.log(`${bad ? 'OVER ' : '     '}${kb.toFixed(1).padStart(7)} kB of ${String(limit).padStart(3)}  ${name}`);
}
// the manifest is for this script only; what is in dist is served
fs.rmSync('dist/.vite', { recursive: true });
if (over) process.exit(1);
