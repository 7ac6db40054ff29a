import { expect, it } from 'vitest';
import { piecesOf } from './links';

it('finds links, and leaves the ends of sentences behind', () => {
  expect(piecesOf('See https://a.example/v#x_1. Or (https://b.example/u/2)!')).toEqual([
    { text: 'See ' },
    { text: 'https://a.example/v#x_1', href: 'https://a.example/v#x_1' },
    { text: '. Or (' },
    { text: 'https://b.example/u/2', href: 'https://b.example/u/2' },
    { text: ')!' },
  ]);
  expect(piecesOf('موعدكم: https://a.example/v#x، شكرًا').map((piece) => piece.text)).toEqual(['موعدكم: ', 'https://a.example/v#x', '، شكرًا']);
});

it('loses nothing of a text without any', () => {
  expect(piecesOf('javascript:alert(1) plain\ntext')).toEqual([{ text: 'javascript:alert(1) plain\ntext' }]);
  expect(piecesOf('')).toEqual([]);
});
