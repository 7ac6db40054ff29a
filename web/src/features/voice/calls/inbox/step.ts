/**
 * The next or the one before in a list from which what is looked at may have gone meanwhile: then the one that took its
 * place. Undefined where there is none.
 */
export function stepTo(ids: readonly string[], now: string | undefined, lastAt: number, by: 1 | -1): string | undefined {
  const at = now ? ids.indexOf(now) : -1;
  if (at >= 0) return ids[at + by];
  if (!now) return by > 0 ? ids[0] : ids.at(-1);
  return by > 0 ? ids[Math.min(lastAt, ids.length - 1)] : ids[Math.max(0, lastAt - 1)];
}
