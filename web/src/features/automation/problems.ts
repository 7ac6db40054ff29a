import { partsOfPointer } from '@/shared/api/problem';
import type { Definition, Path, Step } from './definition';
import { type Key, laneKey, TRIGGER } from './tree';

export type Problem = { pointer: string; code: string; message: string; severity: 'error' | 'warning' };
/** A problem, at what can be chosen and the member of it that has it. */
export type Placed = Problem & { key: Key | null; field: string };

type Spot = { key: Key | null; rest: string[] };

function inSteps(steps: readonly Step[], [index = '', ...rest]: string[]): Spot {
  const step = steps[Number(index)];
  if (!step) return { key: null, rest };
  const [member, at, inner, ...deeper] = rest;
  if (member === 'steps' && step.kind === 'loop' && at !== undefined) return inSteps(step.steps, rest.slice(1));
  if (step.kind !== 'branch') return { key: step.id, rest };
  if (member === 'otherwise' && at !== undefined) return inSteps(step.otherwise, rest.slice(1));
  const path: Path | undefined = member === 'paths' ? step.paths[Number(at)] : undefined;
  if (!path) return { key: step.id, rest };
  if (inner === 'steps' && deeper.length) return inSteps(path.steps, deeper);
  return { key: laneKey({ of: step.id, path: path.id }), rest: rest.slice(2) };
}

function spotOf(definition: Definition, pointer: string): Spot {
  const [first, ...rest] = partsOfPointer(pointer).filter((part, n) => n > 0 || part !== 'definition');
  if (first === 'trigger') return { key: TRIGGER, rest };
  return first === 'steps' && rest.length ? inSteps(definition.steps, rest) : { key: null, rest: [] };
}

/** Where in the workflow each problem is. */
export const placed = (definition: Definition, problems: readonly Problem[]): Placed[] =>
  problems.map((problem) => {
    const { key, rest } = spotOf(definition, problem.pointer);
    return { ...problem, key, field: rest.join('.') };
  });

/** The first problem of a field, or of anything in it. */
export const problemOf = (problems: readonly Placed[], key: Key, field: string) => problems.find((one) => one.key === key && (one.field === field || one.field.startsWith(`${field}.`)));
