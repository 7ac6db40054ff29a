import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const SRC = path.resolve(import.meta.dirname, '../..');
const STYLES = path.resolve(SRC, '../node_modules/@mantine/core/styles');

/** What the sources take from Mantine by name. */
function taken(): Set<string> {
  const files = fs.readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.tsx'));
  const imports = files.flatMap((file) => [...fs.readFileSync(path.join(SRC, file), 'utf8').matchAll(/import \{([^}]*)\} from '@mantine\/core'/g)]);
  return new Set(imports.flatMap(([, names = '']) => names.split(',').map((name) => name.trim())));
}

it('brings the styles of every component that is used', () => {
  const brought = fs.readFileSync(path.join(import.meta.dirname, 'mantine.css'), 'utf8');
  const missing = [...taken()].filter((name) => fs.existsSync(path.join(STYLES, `${name}.css`)) && !brought.includes(`/${name}.css`));
  expect(missing).toEqual([]);
});
