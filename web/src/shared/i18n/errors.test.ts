import { expect, it } from 'vitest';
import { ApiProblem, ConnectionLost, partsOfPointer, type Problem } from '@/shared/api/problem';
import en from './en.json';
import { errorText, formErrors } from './errors';
import { translator } from './index';

const words = translator('en', en);
const problem = (more: Partial<Problem>) =>
  new ApiProblem({ type: 'about:blank', title: 'The title', status: 422, code: 'validation.failed', requestId: 'r', ...more });

it('takes pointers apart', () => {
  expect(['/nameEn', '/price/amountMinor', '#/code', '/a~1b', ''].map(partsOfPointer)).toEqual([['nameEn'], ['price', 'amountMinor'], ['code'], ['a/b'], []]);
});

it('puts an issue beside the part of a field that it is about, else beside the field', () => {
  const city = problem({ errors: [{ pointer: '/address/city', code: 'required', message: 'm' }] });
  expect(formErrors(words, city, ['address', 'address.city']).byField).toEqual({ 'address.city': 'Please fill this in' });
  expect(formErrors(words, city, ['address', 'name']).byField).toEqual({ address: 'Please fill this in' });
});

it('puts issues beside their fields, and says the rest above the form', () => {
  const issues = (...pointers: string[]) => problem({ errors: pointers.map((pointer) => ({ pointer, code: 'taken', message: 'm' })) });
  expect(formErrors(words, issues('/slug'), ['slug', 'email'])).toEqual({ byField: { slug: 'This is already in use' }, whole: undefined });
  expect(formErrors(words, issues('/other'), ['slug'])).toEqual({ byField: {}, whole: 'Some fields need your attention.' });
  expect(formErrors(words, problem({}), ['slug']).whole).toBe('Some fields need your attention.');
});

it('keeps the first issue of a field and falls back to the server’s words for an unknown code', () => {
  const error = problem({
    errors: [
      { pointer: '/slug', code: 'brand_new', message: 'From the server' },
      { pointer: '/slug', code: 'taken', message: 'm' },
    ],
  });
  expect(formErrors(words, error, ['slug']).byField).toEqual({ slug: 'From the server' });
});

it('speaks by code, then by title, and never shows what went wrong inside', () => {
  expect(errorText(words, problem({ code: 'auth.forbidden' }))).toBe('Your role does not allow this.');
  expect(errorText(words, problem({ code: 'brand.new' }))).toBe('The title');
  expect(errorText(words, new ConnectionLost())).toContain('no connection');
  expect(errorText(words, new TypeError('x is undefined'))).toContain('went wrong');
  const limited = new ApiProblem({ type: '', title: '', status: 429, code: 'rate.limited', requestId: '' }, 12);
  expect(errorText(words, limited)).toBe('Too many attempts. Try again in 12 seconds.');
});
