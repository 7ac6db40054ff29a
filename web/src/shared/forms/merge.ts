/** What a form holds: text as it is typed, choices, lists of choices. */
export type Draft = Record<string, unknown>;

export const same = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

export const changedFields = <D extends Draft>(from: D, to: D): (keyof D & string)[] =>
  Object.keys(to).filter((field) => !same(from[field], to[field]));

/** Text of an optional field as the server wants it: trimmed, and null for none. */
export const orNull = (text: string) => text.trim() || null;

/**
 * Brings somebody else's newer state into a half-edited form. A field that only I changed keeps my input; a field that
 * they changed takes their value; where both changed it differently, `mine` says what I had entered.
 */
export function mergeDraft<D extends Draft>(base: D, mine: D, theirs: D): { merged: D; mine: Partial<D> } {
  const merged = { ...mine };
  const lost: Partial<D> = {};
  for (const field of changedFields(base, theirs)) {
    if (!same(mine[field], base[field]) && !same(mine[field], theirs[field])) lost[field] = mine[field];
    merged[field] = theirs[field];
  }
  return { merged, mine: lost };
}

/** The members of `next` that differ from `base`, so that saving never writes over what others changed elsewhere. */
export const differing = <N extends object>(next: N, base: object): Partial<N> =>
  Object.fromEntries(Object.entries(next).filter(([key, value]) => !same(value, base[key as keyof typeof base]))) as Partial<N>;
