import { expect, it } from 'vitest';
import type { CustomField } from '../fields/api';
import { choose, chosenFor, columnsOf, shownOf } from './columns';

const field = (key: string, more: Partial<CustomField> = {}) => ({ key, listed: false, sensitive: false, ...more }) as CustomField;
const fields = [field('size', { listed: true }), field('hobby'), field('secret', { sensitive: true })];

it('offers what is no secret, and begins with what is usual', () => {
  expect(columnsOf(fields)).not.toContain('custom.secret');
  expect(shownOf(fields, [])).toEqual(['number', 'status', 'birthDate', 'phone', 'tags', 'nextVisit', 'custom.size', 'updatedAt']);
});

it('keeps its order whatever was chosen first, and forgets what is gone', () => {
  expect(shownOf(fields, ['custom.hobby', 'custom.gone', 'number'])).toEqual(['number', 'custom.hobby']);
});

it('remembers for each person and each view', () => {
  choose('a', 'active', ['number']);
  choose('b', 'active', ['email']);
  expect([chosenFor('a', 'active'), chosenFor('b', 'active'), chosenFor('a', 'leads')]).toEqual([['number'], ['email'], []]);
  choose('a', 'active', []);
  expect(chosenFor('a', 'active')).toEqual([]);
});
