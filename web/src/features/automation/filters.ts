import type { Field, Kind, SubjectFilter } from './blocks';
import { type Group, isGroup, type Item, type Op, opsOf, type Test, type Value } from './conditions';

/** By what records are found, in the grammar of lists. */
type Comparison = { field: string; op: string; value?: unknown };
export type Filter = Comparison | { not: Filter } | { all: Filter[] } | { any: Filter[] };

const kinds: Record<string, Kind> = { text: 'text', choice: 'choice', choices: 'choice', integer: 'number', number: 'number', boolean: 'boolean', date: 'date', instant: 'instant', local: 'instant', id: 'ref' };

/** What records of a kind are found by, as fields of theirs. */
export const filterFields = (subject: string, filters: readonly SubjectFilter[]): Field[] =>
  filters.map(({ name, kind, choices }) => ({ key: `${subject}.${name}`, kind: kinds[kind] ?? 'text', choices, of: kind === 'id' ? name : null, required: false, many: false, sensitive: false, sample: null }));

/** What can be asked of one of them: lists do not know how a text begins. */
export const filterOps = (field: Field): readonly Op[] => opsOf(field).filter((op) => op !== 'begins');

const NOW = '{{ practice.now }}';
const TODAY = '{{ practice.today }}';
const plain = { is: 'eq', isNot: 'ne', contains: 'contains', oneOf: 'in', less: 'lt', atMost: 'lte', more: 'gt', atLeast: 'gte', before: 'lt', after: 'gt' } as const;

function writeTest(field: string, op: Op, value: Value): Filter {
  switch (op) {
    case 'containsNot':
      return { not: { field, op: 'contains', value } };
    case 'noneOf':
      return { not: { field, op: 'in', value } };
    case 'empty':
      return { field, op: 'empty' };
    case 'filled':
      return { not: { field, op: 'empty' } };
    case 'yes':
    case 'no':
      return { field, op: 'eq', value: op === 'yes' };
    case 'past':
    case 'future':
      return { field, op: op === 'past' ? 'lt' : 'gt', value: NOW };
    case 'today':
      return { field, op: 'eq', value: TODAY };
    case 'beforeToday':
    case 'afterToday':
      return { field, op: op === 'beforeToday' ? 'lt' : 'gt', value: TODAY };
    case 'begins':
      return { field, op: 'contains', value };
    default:
      return { field, op: plain[op], value };
  }
}

/** As it is stored; what has no field yet is left out. */
export function writeFilter(group: Group): Filter | null {
  const parts = group.items.flatMap((item): Filter[] => {
    if (isGroup(item)) return [writeFilter(item) ?? []].flat();
    return item.field ? [writeTest(item.field.slice(item.field.indexOf('.') + 1), item.op, item.value)] : [];
  });
  return parts.length ? (group.join === 'all' ? { all: parts } : { any: parts }) : null;
}

const isComparison = (value: unknown): value is Comparison => !!value && typeof value === 'object' && 'field' in value && 'op' in value && typeof value.field === 'string';

/** A comparison, where it is one that people can choose. */
function readTest({ field, op, value = null }: Comparison, fields: readonly Field[], not: boolean): Test | undefined {
  const known = fields.find(({ key }) => key.slice(key.indexOf('.') + 1) === field);
  const is = (one: Op, of: unknown = null): Test | undefined => (known && filterOps(known).includes(one) ? { field: known.key, op: one, value: of as Value } : undefined);
  if (not) return op === 'contains' ? is('containsNot', value) : op === 'in' ? is('noneOf', value) : op === 'empty' ? is('filled') : undefined;
  if (op === 'empty') return is('empty');
  if (known?.kind === 'boolean') return op === 'eq' && typeof value === 'boolean' ? is(value ? 'yes' : 'no') : undefined;
  if (value === NOW && (op === 'lt' || op === 'gt') && known?.kind === 'instant') return is(op === 'lt' ? 'past' : 'future');
  if (value === TODAY && known?.kind === 'date') return op === 'eq' ? is('today') : op === 'lt' ? is('beforeToday') : op === 'gt' ? is('afterToday') : undefined;
  const found = (Object.keys(plain) as (keyof typeof plain)[]).find((one) => plain[one] === op && is(one));
  return found && is(found, value);
}

function readItem(filter: unknown, fields: readonly Field[]): Item | undefined {
  if (isComparison(filter)) return readTest(filter, fields, false);
  if (!filter || typeof filter !== 'object' || Object.keys(filter).length !== 1) return undefined;
  if ('not' in filter) return isComparison(filter.not) ? readTest(filter.not, fields, true) : undefined;
  const parts = 'all' in filter ? filter.all : 'any' in filter ? filter.any : undefined;
  if (!Array.isArray(parts)) return undefined;
  const items = parts.map((part) => readItem(part, fields));
  return items.every((item) => item !== undefined) ? { join: 'all' in filter ? 'all' : 'any', items } : undefined;
}

/** What is stored, as people choose it; undefined where somebody wrote more than that. */
export function readFilter(filter: unknown, fields: readonly Field[]): Group | undefined {
  if (filter === null || filter === undefined || (typeof filter === 'object' && !Object.keys(filter).length)) return { join: 'all', items: [] };
  const item = readItem(filter, fields);
  return item && !isGroup(item) ? { join: 'all', items: [item] } : item;
}
