import type { Definition, Step } from './definition';

/** Of what form a value is, as the areas declare it. */
export type Kind = 'text' | 'longText' | 'number' | 'boolean' | 'date' | 'instant' | 'minutes' | 'phone' | 'email' | 'choice' | 'ref' | 'object' | 'list';

/** A value that a record has, a step takes or a step gives. */
export type Field = {
  key: string;
  kind: Kind;
  choices?: string[] | null;
  /** What a `ref` leads to. */
  of?: string | null;
  required: boolean;
  many: boolean;
  sensitive: boolean;
  /** Another field that can stand for it, where one of the two is needed. */
  unless?: string | null;
  sample: unknown;
};
/** What records can be found by. */
export type SubjectFilter = { name: string; kind: string; choices: string[] };
export type Subject = { name: string; permission: string; fields: Field[]; dates: string[]; find: boolean; filters?: SubjectFilter[] };
export type TriggerBlock = { event: string; subject: string };
/** What is not `available` can be drafted, and not be published yet. */
export type ActionBlock = { name: string; permission: string; fields: Field[]; gives: Field[]; available: boolean };
export type Recipe = { name: string; definition: Definition; usable: boolean; missing: string[] };
export type Blocks = { subjects: Subject[]; triggers: TriggerBlock[]; actions: ActionBlock[]; recipes: Recipe[] };

export const actionOf = (blocks: Blocks | undefined, step: Step) => (step.kind === 'action' ? blocks?.actions.find((one) => one.name === step.action) : undefined);

/** Which kind of record a workflow is about, if about any. */
export function subjectOf(blocks: Blocks | undefined, { trigger }: Definition): string | null {
  if (trigger?.kind === 'event') return blocks?.triggers.find((one) => one.event === trigger.event)?.subject ?? null;
  return trigger?.kind === 'date' || trigger?.kind === 'hand' ? trigger.subject : null;
}

/** `message.send_email` → `Send email`, `givenName` → `Given name`: for what the catalogs do not know yet. */
export function humanised(name: string): string {
  const words = name
    .slice(name.lastIndexOf('.') + 1)
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .toLowerCase()
    .trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
