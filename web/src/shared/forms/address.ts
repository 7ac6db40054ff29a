import type { Schemas } from '@/shared/api/problem';
import type { Lang } from '@/shared/i18n';
import { displayName } from '@/shared/i18n/format';
import { orNull } from '@/shared/forms/merge';

export type Address = Schemas['Address'];
/** An address as it is typed. */
export type AddressDraft = { line1: string; line2: string; city: string; region: string; postalCode: string; country: string };

export const addressParts = ['line1', 'line2', 'city', 'region', 'postalCode', 'country'] as const satisfies (keyof AddressDraft)[];

export const addressDraftOf = (address: Address | null, country: string): AddressDraft => ({
  line1: address?.line1 ?? '',
  line2: address?.line2 ?? '',
  city: address?.city ?? '',
  region: address?.region ?? '',
  postalCode: address?.postalCode ?? '',
  country: address?.country ?? country,
});

/** A country alone is no address: it is filled in from the start. */
export const isEmptyAddress = (d: AddressDraft) => addressParts.every((part) => part === 'country' || !d[part].trim());

export const addressOf = (d: AddressDraft): Address | null =>
  isEmptyAddress(d)
    ? null
    : { line1: d.line1.trim(), line2: orNull(d.line2), city: d.city.trim(), region: orNull(d.region), postalCode: orNull(d.postalCode), country: d.country };

/** On one line, for lists. */
export const addressLine = (lang: Lang, a: Address, home: string) =>
  [a.line1, a.line2, a.city, a.country === home ? null : displayName(lang, 'region', a.country)].filter(Boolean).join(lang === 'ar' ? '، ' : ', ');
