import type { CustomField } from '../fields/api';

/** Columns that every practice has, in their order; the name always comes first. */
export const builtIn = ['number', 'status', 'birthDate', 'sex', 'phone', 'email', 'tags', 'lastVisit', 'nextVisit', 'createdAt', 'updatedAt'] as const;
export type BuiltIn = (typeof builtIn)[number];

const USUAL: readonly string[] = ['number', 'status', 'birthDate', 'phone', 'tags', 'nextVisit', 'updatedAt'] satisfies BuiltIn[];
export const ownColumn = (field: Pick<CustomField, 'key'>) => `custom.${field.key}`;

/** All that can be shown, in the order in which they stand: the practice's own before the dates of the record. */
export const columnsOf = (fields: CustomField[]): string[] => [...builtIn.slice(0, -2), ...fields.filter((field) => !field.sensitive).map(ownColumn), ...builtIn.slice(-2)];

/** Those that are shown: what was chosen, without what there is no more, else the usual ones. */
export function shownOf(fields: CustomField[], chosen: string[]): string[] {
  const wanted = chosen.length ? chosen : [...USUAL, ...fields.filter((field) => field.listed).map(ownColumn)];
  return columnsOf(fields).filter((column) => wanted.includes(column));
}

const KEY = 'vantage.columns';
type Kept = Record<string, string[]>;

const read = (): Kept => {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Kept;
  } catch {
    return {};
  }
};

/** What somebody chose for a view on this device; names of columns only. */
export const chosenFor = (who: string, view: string): string[] => read()[`${who} ${view}`] ?? [];
export function choose(who: string, view: string, columns: string[]) {
  const { [`${who} ${view}`]: _, ...rest } = read();
  localStorage.setItem(KEY, JSON.stringify(columns.length ? { ...rest, [`${who} ${view}`]: columns } : rest));
}
