import type { Schemas } from '@/shared/api/problem';
import { latinDigits } from '@/shared/i18n/digits';
import { instantIn, localIn } from '@/shared/zoned';

/** What a list can be filtered by, and how. */
export type FilterField = Schemas['FilterField'];
export type Op = FilterField['operators'][number];
export type Comparison = { field: string; op: Op; value?: unknown };
/** A condition in the product's grammar. */
export type Filter = Comparison | { not: Filter } | { all: Filter[] } | { any: Filter[] };

/** How a row compares, with its opposite. */
export type RowOp = Op | `not_${Op}`;
/** What somebody typed or chose: text, or several. */
export type Typed = string | string[];
export type Row = { key: string; field: string; op: RowOp; value: Typed };
export type Group = { key: string; join: 'all' | 'any'; parts: Part[] };
export type Part = Row | Group;

/** Fields, operators and values in words. */
export type FilterWords = {
  fieldText: (name: string) => string;
  opText: (kind: string, op: RowOp) => string;
  /** What the field can be, where that is a matter of choosing. */
  choicesOf: (field: FilterField) => { value: string; label: string }[] | undefined;
};

/** Groups in groups, no deeper than people can follow; the server takes five levels. */
export const DEEPEST = 3;

let keys = 0;
/** Names a part for as long as it is edited. */
const newKey = () => `part${++keys}`;

export const isGroup = (part: Part): part is Group => 'join' in part;
export const emptyGroup = (join: Group['join'] = 'all'): Group => ({ key: newKey(), join, parts: [] });

/** Several values, none, or one. */
export const takes = (op: RowOp): 'several' | 'none' | 'one' => (op.endsWith('in') && !op.endsWith('contains') ? 'several' : op.endsWith('empty') ? 'none' : 'one');

const OPPOSITES: Op[] = ['contains', 'in', 'empty'];
const FEW = ['choice', 'choices', 'id'];

/** What a field can be compared by, with opposites where they are not an operator of their own. */
export function opsOf(field: FilterField, few: boolean): RowOp[] {
  const usual = field.operators.filter((op) => few || FEW.includes(field.kind) ? op !== 'contains' : op !== 'in');
  return usual.flatMap((op): RowOp[] => (OPPOSITES.includes(op) ? [op, `not_${op}`] : [op]));
}

export const emptyRow = (field: FilterField, few: boolean): Row => {
  const op = opsOf(field, few)[0] ?? 'eq';
  return { key: newKey(), field: field.name, op, value: takes(op) === 'several' ? [] : '' };
};

type Context = { fields: FilterField[]; timeZone: string };

const typedOf = (kind: string | undefined, timeZone: string, value: unknown): string =>
  kind === 'instant' && typeof value === 'string' ? localIn(timeZone, value) : String(value ?? '');

/** A filter as it is edited: opposites stand at the comparisons, so that everything is rows and groups. */
export function draftOf(filter: Filter, context: Context, negated = false): Part {
  if ('not' in filter) return draftOf(filter.not, context, !negated);
  if ('all' in filter || 'any' in filter) {
    const [join, parts] = 'all' in filter ? (['all', filter.all] as const) : (['any', filter.any] as const);
    // not all of them: one of them not (De Morgan)
    const turned = negated ? (join === 'all' ? 'any' : 'all') : join;
    return { key: newKey(), join: turned, parts: parts.map((part) => draftOf(part, context, negated)) };
  }
  const { field, op, value } = filter;
  const kind = context.fields.find((one) => one.name === field)?.kind;
  const opposite = { eq: 'ne', ne: 'eq' } as Partial<Record<Op, Op>>;
  const shown: RowOp = negated ? (opposite[op] ?? `not_${op}`) : op;
  const typed = Array.isArray(value) ? value.map((one) => typedOf(kind, context.timeZone, one)) : typedOf(kind, context.timeZone, value);
  return { key: newKey(), field, op: shown, value: typed };
}

/** The filter as a group, which editing begins with. */
export function groupOf(filter: Filter | null | undefined, context: Context): Group {
  if (!filter) return emptyGroup();
  const part = draftOf(filter, context);
  return isGroup(part) ? part : { ...emptyGroup(), parts: [part] };
}

const NUMBERS = ['integer', 'number'];

/** What a typed text stands for; undefined where it stands for nothing. */
function valueOf(kind: string | undefined, timeZone: string, typed: string): unknown {
  const text = typed.trim();
  if (!text) return undefined;
  if (kind === 'boolean') return text === 'true';
  if (kind === 'instant') return instantIn(timeZone, text);
  if (!kind || !NUMBERS.includes(kind)) return text;
  const number = Number(latinDigits(text).replace('٫', '.').replace(',', '.'));
  return Number.isFinite(number) && (kind === 'number' || Number.isInteger(number)) ? number : undefined;
}

/** The row in the grammar; undefined while something is missing in it. */
export function comparisonOf(row: Row, { fields, timeZone }: Context): Filter | undefined {
  const kind = fields.find((one) => one.name === row.field)?.kind;
  const negated = row.op.startsWith('not_');
  const op = (negated ? row.op.slice(4) : row.op) as Op;
  const is: Comparison = { field: row.field, op };
  if (takes(row.op) !== 'none') {
    const values = [row.value].flat().map((typed) => valueOf(kind, timeZone, typed));
    if (!values.length || values.includes(undefined)) return undefined;
    is.value = takes(row.op) === 'several' ? values : values[0];
  }
  return negated ? { not: is } : is;
}

/** Keys of the rows in which something is missing. */
export const unfinished = (group: Group, context: Context): string[] =>
  group.parts.flatMap((part) => (isGroup(part) ? unfinished(part, context) : comparisonOf(part, context) ? [] : [part.key]));

/** The group in the grammar, for one without unfinished rows; nothing where it has no conditions. */
export function filterOf(group: Group, context: Context): Filter | undefined {
  const parts = group.parts.map((part) => (isGroup(part) ? filterOf(part, context) : comparisonOf(part, context))).filter((part) => part !== undefined);
  if (!parts.length) return undefined;
  return group.join === 'all' ? { all: parts } : { any: parts };
}

/** How many comparisons it has. */
export function sizeOf(filter: Filter | null | undefined): number {
  if (!filter) return 0;
  if ('not' in filter) return sizeOf(filter.not);
  if ('all' in filter) return filter.all.reduce((sum, part) => sum + sizeOf(part), 0);
  return 'any' in filter ? filter.any.reduce((sum, part) => sum + sizeOf(part), 0) : 1;
}

/** The group with one part replaced, or without it. */
export const withPart = (group: Group, key: string, next: Part | undefined): Group => ({
  ...group,
  parts: group.parts.flatMap((part) => (part.key === key ? (next ? [next] : []) : [part])),
});
