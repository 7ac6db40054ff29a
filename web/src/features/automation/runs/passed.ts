import type { RunStep } from '../api';
import type { Mark } from '../canvas/Card';
import type { Definition } from '../definition';
import { findStep, type Key, laneKey, TRIGGER } from '../tree';

const markOf: Record<string, Mark> = { failed: 'failed', waiting: 'waiting', started: 'running', cancelled: 'failed' };

/** Which way a run went, and how each step on it stands: as it ended, and failed if it did for any item of a loop. */
export function passed(definition: Definition, steps: readonly RunStep[]): { keys: Set<Key>; marks: Map<Key, Mark> } {
  const keys = new Set<Key>([TRIGGER]);
  const marks = new Map<Key, Mark>();
  // a run that was resumed did a step again: only what came of it last counts
  const last = new Map(steps.map((one) => [`${one.stepId} ${one.iteration.join('.')}`, one]));
  for (const { stepId, state, path } of last.values()) {
    const step = findStep(definition, stepId);
    if (!step) continue;
    keys.add(stepId);
    if (step.kind === 'branch' && state === 'done') keys.add(laneKey({ of: stepId, path: step.paths.some(({ id }) => id === path) ? (path ?? null) : null }));
    if (step.kind === 'loop') keys.add(laneKey({ of: stepId, path: null }));
    if (marks.get(stepId) !== 'failed') marks.set(stepId, markOf[state] ?? 'done');
  }
  return { keys, marks };
}
