import { expect, it } from 'vitest';
import { canOpen, linesOf, placeOf } from './faults';

const fault = (file: string, line: number, column = 1) => ({ file, line, column, code: 'x', message: 'm' });

it('counts lines as editors do', () => {
  expect(linesOf('a\r\nb\n')).toEqual(['a', 'b']);
  expect(linesOf('a\n\n')).toEqual(['a', '']);
  expect(linesOf('')).toEqual(['']);
});

it('writes places as editors do, and of a file as a whole only its name', () => {
  expect(placeOf(fault('flow.yaml', 12, 3))).toBe('flow.yaml:12:3');
  expect(placeOf(fault('flow.yaml', 0, 0))).toBe('flow.yaml');
});

it('leads to places that there are in the version in use', () => {
  const files = [{ name: 'flow.yaml', text: 'a\nb\n' }];
  expect([fault('flow.yaml', 2), fault('flow.yaml', 3), fault('services.yaml', 1)].map((one) => canOpen(files, one))).toEqual([true, false, false]);
});
