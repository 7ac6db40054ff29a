/** What of the roles lives in the address: which one is open, by its id or its built-in name, or that a new one is made, and from what. */
export type RolesSearch = { role?: string | undefined; new?: true | undefined; from?: string | undefined };

export const validateRolesSearch = (search: Record<string, unknown>): RolesSearch => ({
  ...(typeof search.role === 'string' ? { role: search.role } : {}),
  ...(search.new === true ? { new: true as const } : {}),
  ...(typeof search.from === 'string' ? { from: search.from } : {}),
});
