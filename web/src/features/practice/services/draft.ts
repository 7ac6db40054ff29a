import { differing, orNull } from '@/shared/forms/merge';
import type { Issues } from '@/shared/forms/useRecordForm';
import { wholeOf } from '@/shared/i18n/digits';
import { majorOf, minorOf } from '@/shared/i18n/money';
import type { NewService, Service, ServiceChange } from './api';

export const vatCategories = ['standard', 'zero', 'exempt'] as const satisfies readonly Service['vatCategory'][];

/** What the form holds: text as it is typed, also where it is no number yet. */
export type Draft = {
  nameEn: string;
  nameAr: string;
  code: string;
  category: string;
  durationMinutes: string;
  bufferBeforeMinutes: string;
  bufferAfterMinutes: string;
  price: string;
  vatCategory: Service['vatCategory'];
  colour: Service['colour'];
};
export type Field = keyof Draft;

export const emptyDraft: Draft = {
  nameEn: '',
  nameAr: '',
  code: '',
  category: '',
  durationMinutes: '30',
  bufferBeforeMinutes: '0',
  bufferAfterMinutes: '0',
  price: '',
  vatCategory: 'standard',
  colour: 'teal',
};

export const draftOf = (s: Service): Draft => ({
  nameEn: s.nameEn,
  nameAr: s.nameAr ?? '',
  code: s.code ?? '',
  category: s.category ?? '',
  durationMinutes: String(s.durationMinutes),
  bufferBeforeMinutes: String(s.bufferBeforeMinutes),
  bufferAfterMinutes: String(s.bufferAfterMinutes),
  price: majorOf(s.price),
  vatCategory: s.vatCategory,
  colour: s.colour,
});

/** The server's own limits, said before the form is sent. */
const DURATION = { min: 5, max: 720 };
const BUFFER = { min: 0, max: 240 };

const within = (minutes: number | undefined, { min, max }: typeof BUFFER) => minutes !== undefined && minutes >= min && minutes <= max;

/** What can be known without asking the server; it has the last word on the rest. */
export function draftIssues(d: Draft, currency: string): Issues<Draft> {
  const issues: Issues<Draft> = {};
  if (!d.nameEn.trim()) issues.nameEn = { id: 'field.required' };
  if (!within(wholeOf(d.durationMinutes), DURATION)) issues.durationMinutes = { id: 'services.form.minutes', params: DURATION };
  for (const field of ['bufferBeforeMinutes', 'bufferAfterMinutes'] as const) {
    if (!within(wholeOf(d[field] || '0'), BUFFER)) issues[field] = { id: 'services.form.minutes', params: BUFFER };
  }
  if (!d.price.trim()) issues.price = { id: 'field.required' };
  else if (minorOf(d.price, currency) === undefined) issues.price = { id: 'services.form.amount', params: { currency } };
  return issues;
}

/** Only for a draft without issues. */
export const newServiceOf = (d: Draft, currency: string): NewService => ({
  nameEn: d.nameEn.trim(),
  nameAr: orNull(d.nameAr),
  code: orNull(d.code),
  category: orNull(d.category),
  durationMinutes: wholeOf(d.durationMinutes) ?? 0,
  bufferBeforeMinutes: wholeOf(d.bufferBeforeMinutes || '0') ?? 0,
  bufferAfterMinutes: wholeOf(d.bufferAfterMinutes || '0') ?? 0,
  price: { amountMinor: minorOf(d.price, currency) ?? 0, currency },
  vatCategory: d.vatCategory,
  colour: d.colour,
});

/** What to send so that the service becomes what the draft says. */
export const changesOf = (d: Draft, base: Service): Omit<ServiceChange, 'version'> => differing(newServiceOf(d, base.price.currency), base);
