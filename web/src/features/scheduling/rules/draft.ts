import type { Labels } from '@/shared/forms/useFields';
import type { Issues } from '@/shared/forms/useRecordForm';
import { wholeOf } from '@/shared/i18n/digits';
import type { CancelReason, Rules, Settings } from '../api';

/** Whole numbers with the least and the most that they may be. */
export const limits = {
  slotMinutes: [5, 120],
  holdMinutes: [1, 60],
  noticeMinutes: [0, 43_200],
  horizonDays: [1, 730],
  cancelCutoffMinutes: [0, 43_200],
  moveCutoffMinutes: [0, 43_200],
  mostMoves: [0, 99],
} as const satisfies { [K in keyof Rules]?: readonly [number, number] };

export type Field = keyof typeof limits;
export const fields = Object.keys(limits) as Field[];
/** Numbers as they are typed. */
export type Draft = Record<Field, string>;

export const draftOf = (settings: Rules): Draft => Object.fromEntries(fields.map((field) => [field, String(settings[field])])) as Draft;

export const labels: Labels<Draft> = {
  slotMinutes: 'scheduling.rules.slotMinutes',
  holdMinutes: 'scheduling.rules.holdMinutes',
  noticeMinutes: 'scheduling.rules.noticeMinutes',
  horizonDays: 'scheduling.rules.horizonDays',
  cancelCutoffMinutes: 'scheduling.rules.cancelCutoffMinutes',
  moveCutoffMinutes: 'scheduling.rules.moveCutoffMinutes',
  mostMoves: 'scheduling.rules.mostMoves',
};

export function issuesOf(d: Draft): Issues<Draft> {
  const wrong = fields.filter((field) => {
    const value = wholeOf(d[field]);
    const [least, most] = limits[field];
    return value === undefined || value < least || value > most;
  });
  return Object.fromEntries(wrong.map((field) => [field, { id: 'scheduling.rules.between', params: { least: limits[field][0], most: limits[field][1] } }])) as Issues<Draft>;
}

/** The rules alone, as they are sent. */
export const rulesOf = ({ version: _version, updatedAt: _updatedAt, ...rules }: Settings): Rules => rules;

/** Only for a draft without issues. */
export const withDraft = (rules: Rules, d: Draft): Rules => ({ ...rules, ...(Object.fromEntries(fields.map((field) => [field, wholeOf(d[field])!])) as Record<Field, number>) });

const LONGEST_KEY = 40;
/** What appointments keep of a reason: from its English name, and different from all others. */
export function keyFor(name: string, by: CancelReason['by'], taken: readonly string[]): string {
  const plain = name.toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, '').slice(0, LONGEST_KEY);
  const base = plain ? `${by}_${plain}` : `${by}_reason`;
  for (let n = 1; ; n++) {
    const key = n === 1 ? base : `${base}_${n}`;
    if (!taken.includes(key)) return key;
  }
}

/** Reasons of one kind in another order, in the places that they have among all. */
export function reordered(all: readonly CancelReason[], keys: readonly string[]): CancelReason[] {
  const moved = keys.map((key) => all.find((one) => one.key === key)).filter((one) => one !== undefined);
  let next = 0;
  return all.map((one) => (keys.includes(one.key) ? moved[next++]! : one));
}
