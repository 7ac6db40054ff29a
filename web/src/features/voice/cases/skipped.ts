import type { Started } from './api';

/** Those that were not called, by the reason why; the commonest reason first. */
export function byReason(skipped: Started['skipped']): { code: string; ids: string[] }[] {
  const groups = new Map<string, string[]>();
  for (const { id, code } of skipped) groups.set(code, [...(groups.get(code) ?? []), id]);
  return [...groups].map(([code, ids]) => ({ code, ids })).sort((a, b) => b.ids.length - a.ids.length);
}
