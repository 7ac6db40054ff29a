import { expect, it } from 'vitest';
import { validateCallsSearch, validateNumbersSearch } from './search';

const ID = '0190d0a8-0000-7000-8000-000000000001';

it('keeps ids and words in the address, and leaves out what is usual', () => {
  expect(validateCallsSearch({ shelf: 'inbox', workflow: 'prior_auth', call: ID })).toEqual({ shelf: 'inbox', workflow: 'prior_auth', call: ID });
  expect(validateCallsSearch({ shelf: 'live', call: ID })).toEqual({ call: ID });
  expect(validateNumbersSearch({ workflow: 'recall', days: 7 })).toEqual({ workflow: 'recall', days: 7 });
  expect(validateNumbersSearch({ days: 30 })).toEqual({});
});

it('drops what does not fit, so that nothing that somebody typed gets in', () => {
  expect(validateCallsSearch({ shelf: 'elsewhere', workflow: 'Ana Diaz', call: 'Ana' })).toEqual({});
  expect(validateCallsSearch({ shelf: 'all', call: ID })).toEqual({ shelf: 'all' });
  expect(validateNumbersSearch({ workflow: '../x', days: 31 })).toEqual({});
});
