import { differing, orNull } from '@/shared/forms/merge';
import type { Issues } from '@/shared/forms/useRecordForm';
import type { Labels } from '@/shared/forms/useFields';
import { isSlug } from '@/shared/slug';
import { type AddressDraft, addressDraftOf, addressOf, isEmptyAddress } from '@/shared/forms/address';
import type { Practice, PracticeChange } from './api';

export type Draft = {
  name: string;
  legalName: string;
  vatNumber: string;
  slug: string;
  address: AddressDraft;
  phone: string;
  email: string;
  language: Practice['language'];
  country: string;
  timeZone: string;
  currency: string;
};

export const draftOf = (p: Practice): Draft => ({
  name: p.name,
  legalName: p.legalName ?? '',
  vatNumber: p.vatNumber ?? '',
  slug: p.slug,
  address: addressDraftOf(p.address, p.country),
  phone: p.phone ?? '',
  email: p.email ?? '',
  language: p.language,
  country: p.country,
  timeZone: p.timeZone,
  currency: p.currency,
});

export const labels: Labels<Draft> = {
  name: 'identity.practiceName',
  legalName: 'profile.legalName',
  vatNumber: 'profile.vatNumber',
  slug: 'identity.slug',
  address: 'field.address',
  phone: 'field.phone',
  email: 'identity.email',
  language: 'identity.language',
  country: 'identity.country',
  timeZone: 'identity.timeZone',
  currency: 'identity.currency',
};

/** ZATCA: 15 digits, the first and the last of them 3. */
const SAUDI_VAT = /^3\d{13}3$/;

export function addressIssues(d: { address: AddressDraft }): Issues<{ address: AddressDraft }> {
  const found: Issues<{ address: AddressDraft }> = {};
  if (isEmptyAddress(d.address)) return found;
  if (!d.address.line1.trim()) found['address.line1'] = { id: 'field.required' };
  if (!d.address.city.trim()) found['address.city'] = { id: 'field.required' };
  return found;
}

export function issues(d: Draft): Issues<Draft> {
  const found: Issues<Draft> = addressIssues(d);
  if (!d.name.trim()) found.name = { id: 'field.required' };
  if (!isSlug(d.slug)) found.slug = { id: 'field.invalid_slug' };
  if (d.vatNumber.trim() && d.country === 'SA' && !SAUDI_VAT.test(d.vatNumber.trim())) found.vatNumber = { id: 'field.invalid_vat_number' };
  if (d.email.trim() && !/^\S+@\S+\.\S+$/.test(d.email.trim())) found.email = { id: 'field.invalid_email' };
  return found;
}

export const changesOf = (d: Draft, base: Practice): Omit<PracticeChange, 'version'> =>
  differing(
    {
      name: d.name.trim(),
      legalName: orNull(d.legalName),
      vatNumber: orNull(d.vatNumber),
      slug: d.slug,
      address: addressOf(d.address),
      phone: orNull(d.phone),
      email: orNull(d.email),
      language: d.language,
      country: d.country,
      timeZone: d.timeZone,
      currency: d.currency,
    },
    base,
  );

/** Where a practice is found: its name before the server's own, unless that is a bare number. */
export function webAddress(slug: string, now: { slug: string }, { protocol, host }: { protocol: string; host: string }): string | undefined {
  if (/^(\d+\.){3}\d+(:\d+)?$|^\[/.test(host)) return undefined;
  const prefix = `${now.slug}.`;
  return `${protocol}//${slug}.${host.startsWith(prefix) ? host.slice(prefix.length) : host}`;
}
