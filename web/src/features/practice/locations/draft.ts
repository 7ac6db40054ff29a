import type { Issues } from '@/shared/forms/useRecordForm';
import { differing, orNull } from '@/shared/forms/merge';
import type { Labels } from '@/shared/forms/useFields';
import { type AddressDraft, addressDraftOf, addressOf, isEmptyAddress } from '@/shared/forms/address';
import type { Location, LocationChange, NewLocation } from './api';

export type Draft = { name: string; nameAr: string; address: AddressDraft; phone: string; timeZone: string | null };

export const emptyDraft = (country: string): Draft => ({ name: '', nameAr: '', address: addressDraftOf(null, country), phone: '', timeZone: null });

export const draftOf = (location: Location, country: string): Draft => ({
  name: location.name,
  nameAr: location.nameAr ?? '',
  address: addressDraftOf(location.address, country),
  phone: location.phone ?? '',
  timeZone: location.timeZone,
});

export const labels: Labels<Draft> = {
  name: 'field.nameEn',
  nameAr: 'field.nameAr',
  address: 'field.address',
  phone: 'field.phone',
  timeZone: 'identity.timeZone',
};

export function issues(d: Draft): Issues<Draft> {
  const found: Issues<Draft> = {};
  if (!d.name.trim()) found.name = { id: 'field.required' };
  if (!isEmptyAddress(d.address)) {
    if (!d.address.line1.trim()) found['address.line1'] = { id: 'field.required' };
    if (!d.address.city.trim()) found['address.city'] = { id: 'field.required' };
  }
  return found;
}

export const newLocationOf = (d: Draft): NewLocation => ({
  name: d.name.trim(),
  nameAr: orNull(d.nameAr),
  address: addressOf(d.address),
  phone: orNull(d.phone),
  timeZone: d.timeZone,
});

export const changesOf = (d: Draft, base: Location): LocationChange => differing(newLocationOf(d), base);
