import type { components } from './schema.gen';

export type Schemas = components['schemas'];

/** A problem document; some codes carry the record as it stands now, so that a conflict can be resolved without another request. */
export type Problem = Schemas['Problem'] & { current?: unknown };

/** The server answered, and refused. Thrown, so that queries and mutations see a rejected promise. */
export class ApiProblem extends Error {
  constructor(
    readonly problem: Problem,
    readonly retryAfterSeconds?: number,
  ) {
    super(problem.code);
    this.name = 'ApiProblem';
  }
}

/** Nobody answered: the network is down, or the server or its database is being restarted. */
export class ConnectionLost extends Error {
  constructor() {
    super('connection lost');
    this.name = 'ConnectionLost';
  }
}

export const hasCode = (error: unknown, code: string): error is ApiProblem =>
  error instanceof ApiProblem && error.problem.code === code;

/** Reads a refusal; an answer that is no problem document (a proxy's page, say) becomes an `internal` one. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => null);
  const problem =
    body && typeof body === 'object' && 'code' in body
      ? (body as Problem)
      : { type: 'about:blank', title: response.statusText, status: response.status, code: 'internal', requestId: '' };
  const after = Number(response.headers.get('retry-after'));
  return new ApiProblem(problem, Number.isFinite(after) && after > 0 ? after : undefined);
}

export type FieldIssue = { field: string; code: string; message: string };

/**
 * The field a JSON pointer is about: `/nameEn` → `nameEn`, `/price/amountMinor` → `price`.
 * A form shows one control for each top-level member, so deeper parts are the control's own business.
 */
export const fieldOfPointer = (pointer: string): string =>
  (pointer.replace(/^#/, '').split('/')[1] ?? '').replaceAll('~1', '/').replaceAll('~0', '~');

/** The first issue of each field; later ones are usually consequences of it. */
export function fieldIssues(problem: Problem): FieldIssue[] {
  const byField = new Map<string, FieldIssue>();
  for (const e of problem.errors ?? []) {
    const field = fieldOfPointer(e.pointer);
    if (!byField.has(field)) byField.set(field, { field, code: e.code, message: e.message });
  }
  return [...byField.values()];
}
