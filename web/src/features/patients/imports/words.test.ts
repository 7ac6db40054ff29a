import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import ar from '@/shared/i18n/imports.ar.json';
import en from '@/shared/i18n/imports.en.json';

/** What the server says of a row by a code, from the list where it gives each code its English sentence. */
const rules = fs.readFileSync('../clinic/patients/src/columns/draft.rs', 'utf8');
const sentences = /pub fn message[\s\S]*?\n}/.exec(rules)?.[0] ?? '';
const codes = [...sentences.matchAll(/^\s+("\w+"(?: \| "\w+")*) =>/gm)].flatMap(([, named = '']) => named.split(' | ').map((code) => code.replaceAll('"', '')));

describe('what is said of rows', () => {
  it('is known from the server', () => expect(codes).toContain('invalid_date'));
  it.each(codes)('%s has words in every language', (code) => {
    const id = `imports.note.${code}`;
    expect([Object.keys(en).includes(id), Object.keys(ar).includes(id)]).toEqual([true, true]);
  });
});
