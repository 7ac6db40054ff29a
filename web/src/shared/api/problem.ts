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

/** `field` is the member that a pointer is about, `path` all of it: `price` and `price.amountMinor`. */
export type FieldIssue = { field: string; path: string; code: string; message: string };

/** The parts of a JSON pointer: `/nameEn` → `nameEn`, `/price/amountMinor` → `price`, `amountMinor`. */
export const partsOfPointer = (pointer: string): string[] =>
  pointer
    .replace(/^#/, '')
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

/** The first issue of each place; later ones are usually consequences of it. */
export function fieldIssues(problem: Problem): FieldIssue[] {
  const byPath = new Map<string, FieldIssue>();
  for (const { pointer, code, message } of problem.errors ?? []) {
    const parts = partsOfPointer(pointer);
    const path = parts.join('.');
    if (!byPath.has(path)) byPath.set(path, { field: parts[0] ?? '', path, code, message });
  }
  return [...byPath.values()];
}
