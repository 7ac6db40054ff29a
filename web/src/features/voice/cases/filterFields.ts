import type { FilterField } from '@/shared/filter/filter';
import type { Field, FieldKind } from '../api';
import { inOrder } from '../values';
import { statuses } from '../search';

type Ops = FilterField['operators'];
const TEXT: Ops = ['contains', 'eq', 'ne', 'in', 'empty'];
const CHOICE: Ops = ['eq', 'ne', 'in', 'empty'];
const ORDERED: Ops = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'in', 'empty'];
const BOOLEAN: Ops = ['eq', 'ne', 'empty'];
/** Before the keys of fields. */
const OWN = 'fields.';

const kinds: Record<FieldKind, { kind: string; operators: Ops }> = {
  string: { kind: 'text', operators: TEXT },
  text: { kind: 'text', operators: TEXT },
  phone: { kind: 'text', operators: TEXT },
  select: { kind: 'text', operators: TEXT },
  number: { kind: 'number', operators: ORDERED },
  date: { kind: 'date', operators: ORDERED },
  datetime: { kind: 'instant', operators: ORDERED },
  boolean: { kind: 'boolean', operators: BOOLEAN },
};

/** What the cases of a call workflow can be filtered by: what all cases have, then the fields that are not sensitive. */
export const filterFields = (fields: readonly Field[]): FilterField[] => [
  ...inOrder(fields)
    .filter((field) => !field.sensitive)
    .map((field) => ({ name: OWN + field.key, choices: [], ...kinds[field.type] })),
  { name: 'callStatus', kind: 'choice', operators: CHOICE, choices: [...statuses] },
  { name: 'calls', kind: 'integer', operators: ORDERED, choices: [] },
  { name: 'lastCallAt', kind: 'instant', operators: ORDERED, choices: [] },
  { name: 'createdAt', kind: 'instant', operators: ORDERED, choices: [] },
];

export const ownField = (fields: readonly Field[], name: string): Field | undefined => (name.startsWith(OWN) ? fields.find(({ key }) => key === name.slice(OWN.length)) : undefined);
