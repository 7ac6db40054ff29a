import { differing, orNull } from '@/shared/forms/merge';
import type { Issues } from '@/shared/forms/useRecordForm';
import type { Labels } from '@/shared/forms/useFields';
import type { ClosingDay, ClosingDayChange, Move, NewClosingDay, Repeats } from './api';

export type Draft = { date: string; name: string; nameAr: string; repeats: Repeats; moves: Move[] };

export const emptyDraft = (date: string): Draft => ({ date, name: '', nameAr: '', repeats: 'none', moves: [] });

export const draftOf = ({ date, name, nameAr, repeats, moves }: ClosingDay): Draft => ({ date, name, nameAr: nameAr ?? '', repeats, moves });

export const labels: Labels<Draft> = {
  date: 'closing.date',
  name: 'field.nameEn',
  nameAr: 'field.nameAr',
  repeats: 'closing.repeats',
  moves: 'closing.moves',
};

export function issues(d: Draft): Issues<Draft> {
  const found: Issues<Draft> = {};
  if (!d.name.trim()) found.name = { id: 'field.required' };
  if (!d.date) found.date = { id: 'field.required' };
  if (d.moves.some((move) => move.to === '')) found.moves = { id: 'closing.moveDay' };
  return found;
}

/** Only for a draft without issues. */
export const newClosingDayOf = (d: Draft): NewClosingDay => ({ date: d.date, name: d.name.trim(), nameAr: orNull(d.nameAr), repeats: d.repeats });

export const changesOf = (d: Draft, base: ClosingDay): ClosingDayChange => differing({ ...newClosingDayOf(d), moves: d.moves }, base);

/** The moves with one return put on another day, or with `null` left out; back where the rule has it, it is no move. */
export function withMove(moves: readonly Move[], from: string, to: string | null): Move[] {
  const rest = moves.filter((move) => move.from !== from);
  return to === from ? rest : [...rest, { from, to }].sort((a, b) => a.from.localeCompare(b.from));
}

/** The year's days by month, in order. */
export function byMonth<R extends { date: string }>(days: readonly R[]): [string, R[]][] {
  const months = new Map<string, R[]>();
  for (const day of [...days].sort((a, b) => a.date.localeCompare(b.date))) {
    const month = day.date.slice(0, 7);
    months.set(month, [...(months.get(month) ?? []), day]);
  }
  return [...months];
}
