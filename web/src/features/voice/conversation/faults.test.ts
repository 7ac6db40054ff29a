import { expect, it } from 'vitest';
import { faultsByLine, linesOf, missingFiles } from './faults';

const fault = (file: string, line: number, code = 'x') => ({ file, line, column: 1, code, message: 'm' });

it('puts what is wrong at its line, and what concerns a whole file at its first', () => {
  const faults = [fault('flow.yaml', 3, 'a'), fault('services.yaml', 3, 'b'), fault('flow.yaml', 0, 'c'), fault('flow.yaml', 3, 'd')];
  const lines = faultsByLine('flow.yaml', faults);
  expect([...lines].map(([line, here]) => [line, here.map(({ code }) => code)])).toEqual([
    [3, ['a', 'd']],
    [1, ['c']],
  ]);
});

it('counts lines as editors do', () => {
  expect(linesOf('a\r\nb\n')).toEqual(['a', 'b']);
  expect(linesOf('a\n\n')).toEqual(['a', '']);
  expect(linesOf('')).toEqual(['']);
});

it('knows files that are missing', () => {
  expect(missingFiles([{ name: 'flow.yaml', text: '' }], [fault('services.yaml', 1), fault('flow.yaml', 1), fault('services.yaml', 2)])).toEqual(['services.yaml']);
});
