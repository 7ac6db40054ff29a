import { expect, it } from 'vitest';
import { isSlug, suggestSlug } from './slug';

it.each([
  ['Alpha Dental Center', 'alpha-dental-center'],
  ["Dr. Huda's Clinic", 'dr-hudas-clinic'],
  ['  Zähne & mehr!  ', 'zahne-mehr'],
  ['مركز ألفا', 'mrkz-alfa'],
  ['!!!', ''],
  ['1st Choice', 'clinic-1st-choice'],
  ['The very long name of a practice that goes on and on', 'the-very-long-name-of-a-practice-that'],
])('suggests an address for %s', (name, slug) => expect(suggestSlug(name)).toBe(slug));

it('suggests only what is allowed', () => {
  for (const name of ['Alpha Dental Center', 'مجمع الابتسامة الطبي', 'x'.repeat(200), '1st Choice']) expect(isSlug(suggestSlug(name))).toBe(true);
  for (const bad of ['', '-a', 'a-', 'A', 'a b', 'ألفا', 'a_b', 'ab', '1abc', 'a--b', 'a'.repeat(41)]) expect(isSlug(bad)).toBe(false);
});
