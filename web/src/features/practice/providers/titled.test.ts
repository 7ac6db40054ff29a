import { expect, it } from 'vitest';
import { titled } from './titled';

it('gives a name the title of the language, once', () => {
  const both = { title: 'Dr.', titleAr: 'د.' };
  expect(titled('Sara Al-Qahtani', both, 'en')).toBe('Dr. Sara Al-Qahtani');
  expect(titled('Dr. Sara Al-Qahtani', both, 'en')).toBe('Dr. Sara Al-Qahtani');
  expect(titled('Dr. Sara Al-Qahtani', both, 'ar')).toBe('د. Sara Al-Qahtani');
  expect(titled('Huda Salem', { title: 'Ms.', titleAr: null }, 'ar')).toBe('Ms. Huda Salem');
  expect(titled('Huda Salem', undefined, 'en')).toBe('Huda Salem');
});
