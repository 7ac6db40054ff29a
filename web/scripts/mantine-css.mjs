// Derives the list of component style sheets from the real module graph, so that none can be forgotten
// and none is shipped in vain. Writes src/shared/theme/mantine.css; with --check it fails if the file is stale.
import fs from 'node:fs';
import { build } from 'vite';

const library = 'node_modules/@mantine/core/';
const target = 'src/shared/theme/mantine.css';
const result = await build({ logLevel: 'error', build: { write: false } });
const names = new Set();
for (const chunk of (Array.isArray(result) ? result[0] : result).output) {
  if (chunk.type !== 'chunk') continue;
  for (const id of Object.keys(chunk.modules)) {
    const file = /@mantine\/core\/esm\/(?:[^/]+\/)*([A-Z]\w+)\.mjs$/.exec(id)?.[1];
    const folder = /@mantine\/core\/esm\/components\/([A-Z]\w+)\//.exec(id)?.[1];
    for (const name of [file, folder]) if (name && fs.existsSync(`${library}styles/${name}.css`)) names.add(name);
  }
}
// the order of the library's own full sheet decides which rule wins
const squeeze = (text) => text.replace(/\s+/g, '');
const full = squeeze(fs.readFileSync(`${library}styles.css`, 'utf8'));
const position = (name) => full.indexOf(squeeze(fs.readFileSync(`${library}styles/${name}.css`, 'utf8')).slice(0, 60));
const sheets = [...names].sort((a, b) => position(a) - position(b));
const text = ['baseline', 'default-css-variables', 'global', ...sheets].map((n) => `@import '@mantine/core/styles/${n}.css';\n`).join('');
if (!process.argv.includes('--check')) fs.writeFileSync(target, text);
else if (fs.readFileSync(target, 'utf8') !== text) {
  console.error('stale: run npm run mantine-css');
  process.exit(1);
}
console.log(`${sheets.length} sheets`);
