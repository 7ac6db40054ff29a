import { expect, it } from 'vitest';
import { nextSort, validateCasesSearch } from './search';

it('keeps what fits, and nothing that somebody typed about people', () => {
  const id = '0198f2a4-0000-7000-8000-000000000001';
  expect(validateCasesSearch({ workflow: 'prior_auth', view: 'queued', sort: '-fields.due_on', new: true, import: id, q: 'Ana' })).toEqual({
    workflow: 'prior_auth',
    view: 'queued',
    sort: '-fields.due_on',
    new: true,
    import: id,
  });
  expect(validateCasesSearch({ workflow: 'Prior Auth', view: 'all', sort: '-createdAt', new: 'yes', import: '../x' })).toEqual({});
  expect(validateCasesSearch({ sort: 'fields.due on' })).toEqual({});
});

it('sorts upwards first, then downwards', () => {
  expect(nextSort('lastCallAt', '-createdAt')).toBe('lastCallAt');
  expect(nextSort('lastCallAt', 'lastCallAt')).toBe('-lastCallAt');
  expect(nextSort('lastCallAt', '-lastCallAt')).toBe('lastCallAt');
});
