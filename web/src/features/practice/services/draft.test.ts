import { expect, it } from 'vitest';
import type { Service } from './api';
import { changesOf, draftIssues, draftOf, emptyDraft, newServiceOf } from './draft';

const service: Service = {
  id: '0190a3c0-0000-7000-8000-000000000001',
  nameEn: 'Check-up',
  nameAr: 'كشف',
  code: 'D0120',
  category: null,
  durationMinutes: 30,
  bufferBeforeMinutes: 0,
  bufferAfterMinutes: 5,
  price: { amountMinor: 15000, currency: 'SAR' },
  vatCategory: 'standard',
  colour: 'teal',
  archivedAt: null,
  version: 3,
  createdAt: '2026-11-21T08:00:00+03:00',
  updatedAt: '2026-11-21T08:00:00+03:00',
};

it('sends nothing when nothing was changed', () => expect(changesOf(draftOf(service), service)).toEqual({}));

it('sends only what was changed, and empties what was cleared', () => {
  const draft = { ...draftOf(service), price: '150', code: ' ', durationMinutes: '45' };
  expect(changesOf(draft, service)).toEqual({ code: null, durationMinutes: 45 });
});

it('reads numbers in either script', () => {
  const made = newServiceOf({ ...emptyDraft, nameEn: ' Filling ', durationMinutes: '٤٥', price: '٤٥٠', bufferAfterMinutes: '' }, 'SAR');
  expect(made).toMatchObject({ nameEn: 'Filling', nameAr: null, durationMinutes: 45, bufferAfterMinutes: 0, price: { amountMinor: 45000, currency: 'SAR' } });
});

it('finds what is missing or wrong', () => {
  expect(Object.keys(draftIssues({ ...emptyDraft, durationMinutes: '4', bufferBeforeMinutes: '241', price: '1.234' }, 'SAR')).sort()).toEqual(
    ['bufferBeforeMinutes', 'durationMinutes', 'nameEn', 'price'],
  );
  expect(draftIssues({ ...emptyDraft, nameEn: 'x', price: '1.234' }, 'KWD')).toEqual({});
});
