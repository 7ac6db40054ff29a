import { expect, it } from 'vitest';
import { lineOfQuote } from './quote';

const lines = ['It is approved.', 'The number is, well, 8152', 'Yes: the number is 8152!', 'رقم الموافقة هو ٨١٥٢'].map((text, seq) => ({ seq, text }));

it('finds the line that words were heard in, however they were written down', () => {
  expect(lineOfQuote(lines, 'it is APPROVED')).toBe(0);
  expect(lineOfQuote(lines, 'number is 8152')).toBe(2);
  // what is said later counts
  expect(lineOfQuote(lines, 'the number is')).toBe(2);
  expect(lineOfQuote(lines, 'الموافقة هو')).toBe(3);
});

it('finds none where no line has them, nor parts of words', () => {
  for (const words of ['denied', 'proved', '', '…']) expect(lineOfQuote(lines, words)).toBeUndefined();
});
