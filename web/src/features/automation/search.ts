export const shelves = ['all', 'published', 'draft', 'paused'] as const;
export type Shelf = (typeof shelves)[number];
export const runStates = ['waiting', 'running', 'done', 'failed', 'cancelled', 'stopped'] as const;
export type RunState = (typeof runStates)[number];

const oneOf = <V extends string>(allowed: readonly V[], value: unknown) => allowed.find((one) => one === value);
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What of the list lives in its address; whatever does not fit is dropped rather than refused. */
export type WorkflowsSearch = { shelf?: Shelf; q?: string; settings?: true };
export function validateWorkflowsSearch({ shelf, q, settings }: Record<string, unknown>): WorkflowsSearch {
  const on = oneOf(shelves, shelf);
  // a search for digits arrives as a number
  const text = typeof q === 'string' || typeof q === 'number' ? String(q) : '';
  return { ...(on && on !== 'all' ? { shelf: on } : {}), ...(text ? { q: text } : {}), ...(settings === true ? { settings } : {}) };
}

/** Of which workflow, and how they stand. */
export type RunsSearch = { workflow?: string; state?: RunState };
export function validateRunsSearch({ workflow, state }: Record<string, unknown>): RunsSearch {
  const how = oneOf(runStates, state);
  return { ...(typeof workflow === 'string' && ID.test(workflow) ? { workflow } : {}), ...(how ? { state: how } : {}) };
}
