import { expect, it } from 'vitest';
import openapi from '../../../openapi.json';
import ar from '@/shared/i18n/ar.json';
import en from '@/shared/i18n/en.json';
import { byArea, difference, type PermissionName } from './permissions';

const all = openapi.components.schemas.PermissionName.enum as PermissionName[];

it('has words in both languages for every right that the server knows, and no two alike', () => {
  for (const catalog of [en, ar] as Record<string, string>[]) {
    const words = all.map((name) => catalog[`permission.${name}`]);
    expect(words.every(Boolean)).toBe(true);
    expect(new Set(words).size).toBe(all.length);
  }
});

it('puts every right into one area, in the order of the server', () => {
  const groups = byArea(all);
  expect(groups.flatMap((group) => group.names).sort()).toEqual([...all].sort());
  for (const { names } of groups) expect(names.map((name) => all.indexOf(name))).toEqual(names.map((name) => all.indexOf(name)).sort((a, b) => a - b));
  expect(byArea(['rooms.read', 'hours.read', 'rooms.write'])).toEqual([
    { area: 'practice', names: ['rooms.read', 'rooms.write'] },
    { area: 'time', names: ['hours.read'] },
  ]);
});

it('keeps a right that this page does not know yet in sight', () => {
  expect(byArea(['brand_new.read' as PermissionName])).toEqual([{ area: 'work', names: ['brand_new.read'] }]);
});

it('says what is given and what is taken', () => {
  expect(difference(['rooms.read', 'rooms.write'], ['rooms.read', 'hours.read'])).toEqual({ added: ['hours.read'], removed: ['rooms.write'] });
  expect(difference(['rooms.read'], ['rooms.read'])).toEqual({ added: [], removed: [] });
});
