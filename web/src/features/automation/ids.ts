import type { Definition, Path, Step } from './definition';
import { allSteps, lanesOf } from './tree';

const LONGEST = 40;

const idsOf = (steps: readonly Step[]) => allSteps(steps).flatMap((step) => [step.id, ...lanesOf(step).flatMap(({ path }) => (path ? [path.id] : []))]);

/** Gives out ids that nothing in the workflow has: what a step gives is read by its id, so it has to say what the step is. */
export function freshIds(definition: Definition): (stem: string) => string {
  const taken = new Set(idsOf(definition.steps));
  return (stem) => {
    const base = stem.toLowerCase().replace(/[^a-z0-9_]+/g, '_').slice(0, LONGEST - 4) || 'step';
    let n = 1;
    while (taken.has(`${base}${n}`)) n++;
    taken.add(`${base}${n}`);
    return `${base}${n}`;
  };
}

/** `message.send_email` → `send_email`, and `tag.add` → `tag`: what says more of what a step does. */
export function stemOf(name: string): string {
  const [noun = '', verb = ''] = name.split('.');
  return verb.includes('_') || !noun ? verb || noun : noun;
}

type Renamed = ReadonlyMap<string, string>;
const TEMPLATE = /\{\{.*?\}\}|\{%.*?%\}/gs;

function renamePath(path: string, names: Renamed): string {
  const [head = '', ...rest] = path.split('.');
  return [names.get(head) ?? head, ...rest].join('.');
}
const renameText = (text: string, names: Renamed) =>
  text.replace(TEMPLATE, (part) => part.replace(/(?<![\w.])[a-z][a-z0-9_]*(?=\.)/g, (head) => names.get(head) ?? head));

/** Everything below that reads what steps give, reading it under the new names. */
function renameIn(value: unknown, names: Renamed): unknown {
  if (typeof value === 'string') return renameText(value, names);
  if (Array.isArray(value)) return value.map((one) => renameIn(one, names));
  if (!value || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, key === 'var' && typeof inner === 'string' ? renamePath(inner, names) : renameIn(inner, names)]),
  );
}

function again(step: Step, names: Renamed): Step {
  const id = names.get(step.id) ?? step.id;
  const below = (steps: Step[]) => steps.map((inner) => again(inner, names));
  switch (step.kind) {
    case 'branch': {
      const paths = step.paths.map((path): Path => ({ ...path, id: names.get(path.id) ?? path.id, condition: renameIn(path.condition, names) as Path['condition'], steps: below(path.steps) }));
      return { ...step, id, paths, otherwise: below(step.otherwise) };
    }
    case 'loop':
      return { ...step, id, list: renamePath(step.list, names), steps: below(step.steps) };
    case 'action':
      return { ...step, id, fields: renameIn(step.fields, names) as Record<string, unknown> };
    case 'wait':
      return { ...step, id, wait: step.wait.for === 'date' ? { ...step.wait, date: renamePath(step.wait.date, names) } : step.wait };
    case 'stop':
      return { ...step, id };
  }
}

/** The same step with ids of its own; what is in it reads from its own neighbours, no longer from the originals. */
export function copyOf(definition: Definition, step: Step): Step {
  const fresh = freshIds(definition);
  const names = new Map(idsOf([step]).map((id) => [id, fresh(id.replace(/\d+$/, ''))]));
  return again(step, names);
}
