import { ApiProblem } from '@/shared/api/problem';

/** How many calls were asked for, and why the others were not. */
export type Started = { asked: number; skipped: { id: string; code: string }[] };

/** Requests under way at one time: a long list neither takes minutes nor all of the server. */
const AT_ONCE = 4;
/** Nobody answered, so nobody knows. Asking again does no harm: a call that waits already keeps out a second one. */
const NO_ANSWER = 'connection';

/** Has a call asked for about each case; what keeps one from being called keeps no other. */
export async function startAll(ids: readonly string[], ask: (id: string) => Promise<unknown>, onDone: (done: number) => void): Promise<Started> {
  const refused = new Map<string, string>();
  const waiting = [...ids];
  let done = 0;
  const work = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      try {
        await ask(id);
      } catch (error) {
        refused.set(id, error instanceof ApiProblem ? error.problem.code : NO_ANSWER);
      }
      onDone(++done);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { asked: ids.length - refused.size, skipped: ids.flatMap((id) => (refused.has(id) ? [{ id, code: refused.get(id)! }] : [])) };
}

/** Those that were not called, by the reason why; the commonest reason first. */
export function byReason(skipped: Started['skipped']): { code: string; ids: string[] }[] {
  const groups = new Map<string, string[]>();
  for (const { id, code } of skipped) groups.set(code, [...(groups.get(code) ?? []), id]);
  return [...groups].map(([code, ids]) => ({ code, ids })).sort((a, b) => b.ids.length - a.ids.length);
}
