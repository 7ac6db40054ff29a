import { expect, it } from 'vitest';
import type { Field, FieldKind } from '../api';
import { prefilled } from './prefill';

const field = (key: string, type: FieldKind): Field => ({ key, label: { en: key }, type, required: false, displayInList: false, displayOrder: 0, sensitive: false });
const phone = (number: string, preferred: boolean) => ({ number, preferred, kind: 'mobile' as const });
const patient = {
  givenName: 'Ana', familyName: 'Diaz', birthDate: '1985-03-12',
  phones: [phone('+966112345678', false), phone('+966501234567', true)], emails: [],
} as unknown as Parameters<typeof prefilled>[2];

it('takes from the record what fields commonly ask for, where nothing stands yet', () => {
  const fields = [field('patient_name', 'string'), field('date_of_birth', 'date'), field('phone', 'phone'), field('email', 'string'), field('status', 'select'), field('last_name', 'string')];
  expect(prefilled(fields, { patient_name: '', last_name: 'Diaz-Lopez' }, patient)).toEqual({
    patient_name: 'Ana Diaz',
    date_of_birth: '1985-03-12',
    phone: '+966501234567',
    last_name: 'Diaz-Lopez',
  });
});

it('puts nothing where it would not fit', () => {
  expect(prefilled([field('phone', 'number'), field('date_of_birth', 'string'), field('name', 'text')], {}, patient)).toEqual({});
});
