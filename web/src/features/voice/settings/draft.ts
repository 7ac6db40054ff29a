import { uuid } from '@/shared/api/uuid';
import { orNull, same } from '@/shared/forms/merge';
import type { Labels } from '@/shared/forms/useFields';
import type { Issues } from '@/shared/forms/useRecordForm';
import type { CallWorkflow, CallWorkflowChange, Field } from '../api';
import { inOrder } from '../values';

/** A field on the page: one that cases have already keeps its key, whatever else is changed about it. */
export type Row = { id: string; known: boolean; field: Field };
export type Draft = { name: string; nameAr: string; enabled: boolean; fields: Row[] };

export const labels: Labels<Draft> = { name: 'callWorkflows.name', nameAr: 'callWorkflows.nameAr', enabled: 'callWorkflows.enabled', fields: 'callWorkflows.fields' };
export const emptyDraft: Draft = { name: '', nameAr: '', enabled: true, fields: [] };

export const draftOf = (workflow: CallWorkflow): Draft => ({
  name: workflow.name,
  nameAr: workflow.nameAr ?? '',
  enabled: workflow.enabled,
  fields: inOrder(workflow.fields).map((field, i) => ({ id: field.key, known: true, field: { ...field, displayOrder: i + 1 } })),
});

export const newRow = (field: Field): Row => ({ id: uuid(), known: false, field });

/** Fields as they are sent: their place is the one that they have on the page. */
export const fieldsOf = (rows: readonly Row[]): Field[] => rows.map(({ field }, i) => ({ ...field, displayOrder: i + 1 }));

export function issues(draft: Draft): Issues<Draft> {
  return draft.name.trim() ? {} : { name: { id: 'field.required' } };
}

/** Only what is to be different. */
export function changesOf(draft: Draft, base: CallWorkflow): CallWorkflowChange {
  const before = draftOf(base);
  const nameAr = orNull(draft.nameAr);
  return {
    ...(draft.name.trim() === base.name ? {} : { name: draft.name.trim() }),
    ...(nameAr === base.nameAr ? {} : { nameAr }),
    ...(draft.enabled === base.enabled ? {} : { enabled: draft.enabled }),
    ...(same(fieldsOf(draft.fields), fieldsOf(before.fields)) ? {} : { fields: fieldsOf(draft.fields) }),
  };
}

/** Members of a field that people know by name. */
export const members = ['label', 'type', 'required', 'options', 'default', 'displayInList', 'sensitive'] as const;
export type Member = (typeof members)[number];
export type FieldChange = { kind: 'added' | 'removed' | 'moved'; field: Field } | { kind: 'changed'; field: Field; members: Member[] };

/** What is different about fields by now, by their keys: what is new and changed in the order in which it is shown, then what is gone. */
export function fieldChanges(before: readonly Field[], after: readonly Field[]): FieldChange[] {
  const [was, is] = [inOrder(before), inOrder(after)];
  const had = (key: string) => was.find((field) => field.key === key);
  const kept = (fields: Field[], others: Field[]) => fields.map(({ key }) => key).filter((key) => others.some((field) => field.key === key));
  const moved = movedOf(kept(was, is), kept(is, was));
  const now = is.flatMap((field): FieldChange[] => {
    const old = had(field.key);
    if (!old) return [{ kind: 'added', field }];
    const different = members.filter((member) => !same(old[member], field[member]));
    return [...(different.length ? [{ kind: 'changed' as const, field, members: different }] : []), ...(moved.has(field.key) ? [{ kind: 'moved' as const, field }] : [])];
  });
  const gone = was.filter(({ key }) => !is.some((field) => field.key === key)).map((field): FieldChange => ({ kind: 'removed', field }));
  return [...now, ...gone];
}

/** The fewest that have to be taken out and put in elsewhere to get from one order to the other: all but a longest common sequence. */
function movedOf(before: string[], after: string[]): Set<string> {
  const places = after.map((key) => before.indexOf(key));
  // longest[i]: the longest rising row of places that ends with the i-th
  const longest: number[][] = [];
  for (const [i, place] of places.entries()) {
    const ends = longest.filter((row) => places[row.at(-1)!]! < place).sort((a, b) => b.length - a.length);
    longest.push([...(ends[0] ?? []), i]);
  }
  const stays = new Set(longest.sort((a, b) => b.length - a.length)[0]);
  return new Set(after.filter((_, i) => !stays.has(i)));
}

const MOST_FIELDS = 60;
/** Where what the server refuses can stand: at a member of a field, by its place. */
export const parts = Array.from({ length: MOST_FIELDS }, (_, i) => ['key', ...members, 'displayOrder'].map((member) => `fields.${i}.${member}`)).flat();
