/** Only paths of this site: anything else in the address bar must not become a redirect. */
const ownPath = (next: unknown) => (typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : undefined);

/** Where to go once signed in. */
export function validateOutside(search: Record<string, unknown>): { next?: string } {
  const next = ownPath(search.next);
  return next ? { next } : {};
}
