import { renderHook } from '@testing-library/react';
import { expect, it } from 'vitest';
import { setLang, useLang, wantTexts } from './index';

const title = () => renderHook(useLang).result.current.lookup('console.title');

it('brings the texts of a part when they are wanted, and keeps them in every language', async () => {
  await setLang('en');
  expect(title()).toBeUndefined();
  await wantTexts('console');
  const english = title();
  expect(english).toBeTruthy();
  await setLang('ar');
  expect(title()).toMatch(/[\u0600-\u06ff]/);
  await setLang('en');
  expect(title()).toBe(english);
});
