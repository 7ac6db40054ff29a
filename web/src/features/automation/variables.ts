import type { Blocks, Field } from './blocks';
import { subjectOf } from './blocks';
import type { Definition } from './definition';
import { allSteps } from './tree';

/** A text with variables in it, in pieces. */
export type Piece = { text: string } | { path: string; filters: string };

const VARIABLE = /\{\{\s*([A-Za-z_][\w]*(?:\.[\w]+)*)\s*((?:\|[^{}]*)?)\}\}/g;

/** Everything else that is written between braces stays text. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(VARIABLE)) {
    if (match.index > at) pieces.push({ text: text.slice(at, match.index) });
    pieces.push({ path: match[1]!, filters: match[2]!.trim() });
    at = match.index + match[0].length;
  }
  if (at < text.length) pieces.push({ text: text.slice(at) });
  return pieces;
}

export const written = ({ path, filters }: { path: string; filters?: string }) => `{{ ${path}${filters ? ` ${filters}` : ''} }}`;

/** The variable that a value is, when it is nothing else. */
export function variableIn(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const [only, more] = piecesOf(value.trim());
  return only && !more && 'path' in only ? only.path : undefined;
}

/** How a value of that form is written into a text, so that people can read it. */
export const usualFilter = ({ kind }: Pick<Field, 'kind'>) => (kind === 'instant' ? '|datetime' : kind === 'date' ? '|date' : '');

/** Variables by where they come from: the trigger, a kind of record, a step by its id, `vars`, `item`, `practice`. */
export type Source = { head: string; fields: Field[] };

/**
 * Those that one picks from: what is in a list has many values, and goes through a loop; and what is there under its
 * own name as well, as the patient of an appointment is, is shown under that. Of what has parts, the parts are picked.
 */
export function pickable(fields: readonly Field[]): Field[] {
  const known = new Set(fields.map(({ key }) => key));
  const lists = fields.filter(({ kind }) => kind === 'list').map(({ key }) => `${key}.`);
  const parents = new Set(fields.map(({ key }) => key.slice(0, key.lastIndexOf('.'))));
  return fields.filter(({ key, kind }) => !lists.some((list) => key.startsWith(list)) && !known.has(key.slice(key.indexOf('.') + 1)) && !(kind === 'object' && parents.has(key)));
}

export function sourcesOf(fields: readonly Field[], definition: Definition): Source[] {
  const byHead = new Map<string, Field[]>();
  for (const field of pickable(fields)) {
    const head = field.key.split('.')[0]!;
    byHead.set(head, [...(byHead.get(head) ?? []), field]);
  }
  const steps = allSteps(definition.steps).map((step) => step.id);
  // what it is about first, then item by item what was done, and what is always there last
  const last = ['vars', 'event', 'webhook', 'practice'];
  const rank = (head: string) => (head === 'item' || head === 'index' ? 0 : last.includes(head) ? 1_000 + last.indexOf(head) : steps.includes(head) ? 10 + steps.indexOf(head) : 1);
  // what people read comes before what only programs do
  const isId = ({ kind }: Field) => Number(kind === 'ref');
  return [...byHead].map(([head, all]) => ({ head, fields: all.sort((a, b) => isId(a) - isId(b)) })).sort((a, b) => rank(a.head) - rank(b.head));
}

const bare = { required: false, many: false, sensitive: false };
const always: Field[] = [
  { ...bare, key: 'practice.name', kind: 'text', sample: null },
  { ...bare, key: 'practice.phone', kind: 'phone', sample: null },
  { ...bare, key: 'practice.today', kind: 'date', sample: null },
  { ...bare, key: 'practice.now', kind: 'instant', sample: null },
];

/** What a workflow begins with: known before the server was asked. */
export function atStart(blocks: Blocks | undefined, definition: Definition): Field[] {
  const subject = blocks?.subjects.find((one) => one.name === subjectOf(blocks, definition));
  const fields = subject?.fields ?? [];
  // the patient of a record is there by that name as well
  return [...fields.map((field) => ({ ...field, key: `${subject!.name}.${field.key}` })), ...fields.filter(({ key }) => key.startsWith('patient.')), ...always];
}

const plainText = (kind: Field['kind']) => kind === 'text' || kind === 'longText';

/** Those of which one can stand where a value of that form is asked for. */
export function fitting(all: readonly Field[], wanted: Pick<Field, 'kind' | 'of' | 'many'>): Field[] {
  const fields = pickable(all);
  if (plainText(wanted.kind)) return fields.filter(({ kind }) => kind !== 'object' && kind !== 'list');
  return fields.filter(({ kind, of, many }) => kind === wanted.kind && (kind !== 'ref' || of === wanted.of) && (!many || wanted.many));
}
