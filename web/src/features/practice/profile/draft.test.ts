import { expect, it } from 'vitest';
import type { Practice } from './api';
import { changesOf, draftOf, issues, webAddress } from './draft';
import { fitted } from './picture';

const practice: Practice = {
  id: 'p',
  name: 'Alpha',
  slug: 'alpha',
  legalName: null,
  vatNumber: null,
  address: null,
  phone: null,
  email: null,
  logoTag: null,
  language: 'en',
  country: 'SA',
  timeZone: 'Asia/Riyadh',
  currency: 'SAR',
  version: 1,
  updatedAt: '',
};
const draft = draftOf(practice);

it('sends only what was changed, and an address as a whole', () => {
  expect(changesOf(draft, practice)).toEqual({});
  const address = { ...draft.address, line1: ' Olaya Street 1 ', city: 'Riyadh' };
  expect(changesOf({ ...draft, address, phone: '0112345678' }, practice)).toEqual({
    phone: '0112345678',
    address: { line1: 'Olaya Street 1', line2: null, city: 'Riyadh', region: null, postalCode: null, country: 'SA' },
  });
});

it('knows what a Saudi VAT number looks like, and leaves others alone', () => {
  expect(issues({ ...draft, vatNumber: '300000000000003' })).toEqual({});
  expect(Object.keys(issues({ ...draft, vatNumber: '12345' }))).toEqual(['vatNumber']);
  expect(issues({ ...draft, vatNumber: 'GB 12345', country: 'GB' })).toEqual({});
});

it('wants an address whole or not at all', () => {
  expect(issues({ ...draft, address: { ...draft.address, region: 'x' } })).toEqual({ 'address.line1': { id: 'field.required' }, 'address.city': { id: 'field.required' } });
  expect(Object.keys(issues({ ...draft, name: ' ', slug: 'A B', email: 'nobody' })).sort()).toEqual(['email', 'name', 'slug']);
});

it('says where the practice will be found', () => {
  const at = (host: string) => webAddress('beta', practice, { protocol: 'https:', host });
  expect(at('vantage.example')).toBe('https://beta.vantage.example');
  expect(at('alpha.vantage.example')).toBe('https://beta.vantage.example');
  expect(at('localhost:7180')).toBe('https://beta.localhost:7180');
  expect(at('127.0.0.1:7180')).toBeUndefined();
});

it('makes a picture small enough without cutting it', () => {
  expect(fitted(2000, 1000, 1024)).toEqual({ width: 1024, height: 512 });
  expect(fitted(300, 900, 1024)).toEqual({ width: 300, height: 900 });
  expect(fitted(1, 5000, 1024)).toEqual({ width: 1, height: 1024 });
});
