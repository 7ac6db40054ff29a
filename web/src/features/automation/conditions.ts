import type { Kind } from './blocks';
import type { Condition } from './definition';

/** A condition as people put it together: tests of which all or any must hold. */
export type Group = { join: 'all' | 'any'; items: Item[] };
export type Item = Test | Group;
export type Test = { field: string; op: Op; value: Value };
export type Value = string | number | boolean | null | Scalar[];
type Scalar = string | number;

export const ops = [
  'is', 'isNot', 'contains', 'containsNot', 'begins', 'oneOf', 'noneOf', 'less', 'atMost', 'more', 'atLeast',
  'before', 'after', 'past', 'future', 'today', 'beforeToday', 'afterToday', 'yes', 'no', 'filled', 'empty',
] as const;
export type Op = (typeof ops)[number];

const texts: readonly Op[] = ['is', 'isNot', 'contains', 'containsNot', 'begins', 'filled', 'empty'];
const numbers: readonly Op[] = ['is', 'isNot', 'less', 'atMost', 'more', 'atLeast', 'filled', 'empty'];
const known: readonly Op[] = ['is', 'isNot', 'oneOf', 'noneOf', 'filled', 'empty'];
const byKind: Record<Kind, readonly Op[]> = {
  text: texts,
  longText: texts,
  phone: texts,
  email: texts,
  number: numbers,
  minutes: numbers,
  boolean: ['yes', 'no'],
  date: ['is', 'before', 'after', 'today', 'beforeToday', 'afterToday', 'filled', 'empty'],
  instant: ['before', 'after', 'past', 'future', 'filled', 'empty'],
  choice: known,
  ref: known,
  object: ['filled', 'empty'],
  list: ['filled', 'empty'],
};

/** What can be asked of a value of that form. */
export const opsOf = ({ kind, many }: { kind: Kind; many: boolean }): readonly Op[] => (many ? ['contains', 'containsNot', 'filled', 'empty'] : byKind[kind]);

const ALONE: readonly Op[] = ['past', 'future', 'today', 'beforeToday', 'afterToday', 'yes', 'no', 'filled', 'empty'];
/** Whether something is compared with. */
export const takesValue = (op: Op) => !ALONE.includes(op);
export const takesList = (op: Op) => op === 'oneOf' || op === 'noneOf';

export const isGroup = (item: Item): item is Group => 'join' in item;
export const emptyGroup: Group = { join: 'all', items: [] };

const NOW = { var: 'practice.now' };
const TODAY = { var: 'practice.today' };
const comparisons = { less: '<', atMost: '<=', more: '>', atLeast: '>=', before: '<', after: '>' } as const;

function writeTest({ field, op, value }: Test): Record<string, unknown> {
  const left = { var: field };
  switch (op) {
    case 'is':
      return { '==': [left, value] };
    case 'isNot':
      return { '!=': [left, value] };
    case 'contains':
      return { in: [value, left] };
    case 'containsNot':
      return { '!': [{ in: [value, left] }] };
    case 'begins':
      return { '==': [{ substr: [left, 0, [...String(value ?? '')].length] }, value] };
    case 'oneOf':
      return { in: [left, value] };
    case 'noneOf':
      return { '!': [{ in: [left, value] }] };
    case 'past':
    case 'future':
      return { [op === 'past' ? '<' : '>']: [left, NOW] };
    case 'today':
      return { '==': [left, TODAY] };
    case 'beforeToday':
    case 'afterToday':
      return { [op === 'beforeToday' ? '<' : '>']: [left, TODAY] };
    case 'yes':
    case 'no':
      return { '==': [left, op === 'yes'] };
    case 'filled':
      return { '!!': [left] };
    case 'empty':
      return { '!': [left] };
    default:
      return { [comparisons[op]]: [left, value] };
  }
}

/** As it is stored; what has no field yet is left out. */
export function write(group: Group): Condition {
  const items = group.items.flatMap((item) => (isGroup(item) ? (write(item) ?? []) : item.field ? writeTest(item) : []));
  return items.length ? { [group.join === 'all' ? 'and' : 'or']: items } : null;
}

type Rule = Record<string, unknown>;
const ruleOf = (value: unknown): [string, unknown[]] | undefined => {
  if (!value || typeof value !== 'object' || Array.isArray(value)) return undefined;
  const entries = Object.entries(value as Rule);
  const [first] = entries;
  return first && entries.length === 1 ? [first[0], Array.isArray(first[1]) ? first[1] : [first[1]]] : undefined;
};
const varOf = (value: unknown) => {
  const rule = ruleOf(value);
  return rule?.[0] === 'var' && rule[1].length === 1 && typeof rule[1][0] === 'string' ? rule[1][0] : undefined;
};
const isScalar = (value: unknown): value is Scalar => typeof value === 'string' || typeof value === 'number';

/** `<` and `>` mean more or less of numbers, earlier or later of times. */
function compared(op: string, field: string, right: unknown): Test | undefined {
  const other = varOf(right);
  if (other === NOW.var && (op === '<' || op === '>')) return { field, op: op === '<' ? 'past' : 'future', value: null };
  if (other === TODAY.var && (op === '<' || op === '>')) return { field, op: op === '<' ? 'beforeToday' : 'afterToday', value: null };
  if (typeof right === 'string' && (op === '<' || op === '>')) return { field, op: op === '<' ? 'before' : 'after', value: right };
  const found = (['less', 'atMost', 'more', 'atLeast'] as const).find((one) => comparisons[one] === op);
  return found && (typeof right === 'number' || right === null) ? { field, op: found, value: right } : undefined;
}

function equal(op: string, left: unknown, right: unknown): Test | undefined {
  const field = varOf(left);
  if (field !== undefined) {
    if (varOf(right) === TODAY.var && op === '==') return { field, op: 'today', value: null };
    if (typeof right === 'boolean' && op === '==') return { field, op: right ? 'yes' : 'no', value: null };
    return isScalar(right) || right === null ? { field, op: op === '==' ? 'is' : 'isNot', value: right } : undefined;
  }
  const [name, [of, from, length] = []] = ruleOf(left) ?? [];
  const begins = name === 'substr' && op === '==' && from === 0 ? varOf(of) : undefined;
  return begins !== undefined && typeof right === 'string' && [...right].length === length ? { field: begins, op: 'begins', value: right } : undefined;
}

function within([left, right]: unknown[], not: boolean): Test | undefined {
  const [list, part] = [varOf(left), varOf(right)];
  if (list !== undefined && Array.isArray(right) && right.every(isScalar)) return { field: list, op: not ? 'noneOf' : 'oneOf', value: right };
  if (part !== undefined && (isScalar(left) || left === null)) return { field: part, op: not ? 'containsNot' : 'contains', value: left };
  return undefined;
}

function readTest(value: unknown): Test | undefined {
  const rule = ruleOf(value);
  if (!rule) return undefined;
  const [op, args] = rule;
  const [left, right] = args;
  if (op === '!!' || op === '!') {
    const field = args.length === 1 ? varOf(left) : undefined;
    if (field !== undefined) return { field, op: op === '!' ? 'empty' : 'filled', value: null };
    const inner = op === '!' ? ruleOf(left) : undefined;
    return inner?.[0] === 'in' && inner[1].length === 2 ? within(inner[1], true) : undefined;
  }
  if (args.length !== 2) return undefined;
  if (op === 'in') return within(args, false);
  if (op === '==' || op === '!=') return equal(op, left, right);
  const field = varOf(left);
  return field === undefined ? undefined : compared(op, field, right);
}

function readItem(value: unknown): Item | undefined {
  const rule = ruleOf(value);
  if (rule?.[0] !== 'and' && rule?.[0] !== 'or') return readTest(value);
  const items = rule[1].map(readItem);
  return items.every((item) => item !== undefined) ? { join: rule[0] === 'and' ? 'all' : 'any', items } : undefined;
}

/** What is stored, as it can be put into words; undefined where somebody wrote more than that. */
export function read(condition: Condition | undefined): Group | undefined {
  if (!condition) return emptyGroup;
  const item = readItem(condition);
  return item && !isGroup(item) ? { join: 'all', items: [item] } : item;
}

/** All that a condition looks at. */
export const fieldsIn = (group: Group): string[] => group.items.flatMap((item) => (isGroup(item) ? fieldsIn(item) : [item.field]));

export const celOf = (condition: Condition | undefined): string | undefined => (typeof condition?.cel === 'string' && Object.keys(condition).length === 1 ? condition.cel : undefined);
