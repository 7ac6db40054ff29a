import { expect, it } from 'vitest';
import { ApiProblem } from '@/shared/api/problem';
import { byReason, startAll } from './start';

const refusal = (code: string) => new ApiProblem({ type: '', title: code, status: 409, code, requestId: 'r' });

it('asks for each once, and what keeps one from being called keeps no other', async () => {
  const asked: string[] = [];
  const seen: number[] = [];
  const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const result = await startAll(
    ids,
    async (id) => {
      asked.push(id);
      await Promise.resolve();
      if (id === 'b' || id === 'f') throw refusal('case.in_call');
      if (id === 'c') throw new TypeError('network');
    },
    (done) => seen.push(done),
  );
  expect(asked.sort()).toEqual(ids);
  expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(result).toEqual({
    asked: 4,
    skipped: [
      { id: 'b', code: 'case.in_call' },
      { id: 'c', code: 'connection' },
      { id: 'f', code: 'case.in_call' },
    ],
  });
});

it('has few requests under way at one time', async () => {
  let [now, most] = [0, 0];
  await startAll(
    Array.from({ length: 50 }, (_, i) => String(i)),
    async () => {
      most = Math.max(most, ++now);
      await Promise.resolve();
      now--;
    },
    () => undefined,
  );
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(4);
});

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
