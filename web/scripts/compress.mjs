// Puts .br and .gz beside every text asset, so that the server never compresses at run time.
// index.html is left alone: the server writes a nonce into every copy of it.
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';

const files = fs.readdirSync('dist', { recursive: true, withFileTypes: true }).filter((e) => e.isFile());
let count = 0;
for (const entry of files) {
  if (!/\.(js|css|svg|json)$/.test(entry.name)) continue;
  const file = path.join(entry.parentPath, entry.name);
  const raw = fs.readFileSync(file);
  if (raw.length < 512) continue;
  const { BROTLI_PARAM_QUALITY: quality, BROTLI_PARAM_SIZE_HINT: hint } = zlib.constants;
  fs.writeFileSync(`${file}.br`, zlib.brotliCompressSync(raw, { params: { [quality]: 11, [hint]: raw.length } }));
  fs.writeFileSync(`${file}.gz`, zlib.gzipSync(raw, { level: 9 }));
  count++;
}
console.log(`${count} assets compressed`);
