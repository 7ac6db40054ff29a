import { expect, it } from 'vitest';
import { byReason } from './skipped';

it('says of each reason whom it concerns, the commonest first', () => {
  const skipped = [
    { id: 'a', code: 'case.no_phone' },
    { id: 'b', code: 'case.in_call' },
    { id: 'c', code: 'case.in_call' },
  ];
  expect(byReason(skipped)).toEqual([
    { code: 'case.in_call', ids: ['b', 'c'] },
    { code: 'case.no_phone', ids: ['a'] },
  ]);
  expect(byReason([])).toEqual([]);
});
