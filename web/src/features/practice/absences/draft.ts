import { differing, orNull } from '@/shared/forms/merge';
import type { Issues } from '@/shared/forms/useRecordForm';
import type { Labels } from '@/shared/forms/useFields';
import type { Lang } from '@/shared/i18n';
import { formatDay, formatDays } from '@/shared/i18n/format';
import type { Owner } from '../hours/api';
import { parseTime } from '../hours/time';
import type { Absence, AbsenceChange, Kind, NewAbsence } from './api';
import { localOf, type Span, spanOf } from './span';

export type Draft = Span & { owner: Owner | null; kind: Kind; note: string };

/** Vacation and sickness are people's; a practice or a location is closed, or open in addition. */
export const kindsOf = (owner: Owner | null): Kind[] => (owner?.startsWith('provider:') ? ['vacation', 'sick', 'closed', 'extra'] : ['closed', 'extra']);

export const emptyDraft = (owner: Owner | null, today: string): Draft => ({
  owner,
  kind: kindsOf(owner)[0]!,
  wholeDays: true,
  firstDay: today,
  lastDay: today,
  fromTime: '',
  toTime: '',
  note: '',
});

export const draftOf = (a: Absence): Draft => ({ owner: a.owner, kind: a.kind, ...spanOf(a.from, a.to), note: a.note ?? '' });

export const labels: Labels<Draft> = {
  owner: 'absences.owner',
  kind: 'absences.kind',
  wholeDays: 'absences.wholeDays',
  firstDay: 'absences.firstDay',
  lastDay: 'absences.lastDay',
  fromTime: 'hours.from',
  toTime: 'hours.to',
  note: 'absences.note',
};

export function issues(d: Draft): Issues<Draft> {
  const found: Issues<Draft> = {};
  if (!d.owner) found.owner = { id: 'field.required' };
  else if (!kindsOf(d.owner).includes(d.kind)) found.kind = { id: 'absences.peopleOnly' };
  if (!d.firstDay) found.firstDay = { id: 'field.required' };
  if (!d.lastDay) found.lastDay = { id: 'field.required' };
  if (!d.wholeDays) {
    if (parseTime(d.fromTime) === undefined || parseTime(d.fromTime) === 24 * 60) found.fromTime = { id: 'hours.time.invalid' };
    if (parseTime(d.toTime) === undefined) found.toTime = { id: 'hours.time.invalid' };
  }
  const local = localOf(d);
  if (local && local.to <= local.from) found[d.wholeDays || d.lastDay < d.firstDay ? 'lastDay' : 'toTime'] = { id: 'absences.endsBefore' };
  return found;
}

/** Only for a draft without issues. */
export const newAbsenceOf = (d: Draft): NewAbsence => ({
  owner: d.owner ?? 'practice',
  kind: d.kind,
  ...(localOf(d) ?? { from: '', to: '' }),
  note: orNull(d.note),
});

export function changesOf(d: Draft, base: Absence): AbsenceChange {
  const { owner: _, ...rest } = newAbsenceOf(d);
  return differing(rest, base);
}

/** When, for a list. */
export function whenOf(lang: Lang, from: string, to: string): string {
  const span = spanOf(from, to);
  if (span.firstDay === span.lastDay) return formatDay(lang, span.firstDay) + (span.wholeDays ? '' : `${lang === 'ar' ? '،' : ','} ${span.fromTime} – ${span.toTime}`);
  if (span.wholeDays) return formatDays(lang, span.firstDay, span.lastDay);
  return `${formatDay(lang, span.firstDay)} ${span.fromTime} – ${formatDay(lang, span.lastDay)} ${span.toTime}`;
}
