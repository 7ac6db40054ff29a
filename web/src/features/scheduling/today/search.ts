const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const idOf = (value: unknown) => (typeof value === 'string' && ID.test(value) ? value : undefined);

/** Which appointment is open over a page, by id. */
export type VisitSearch = { appointment?: string };
export function validateVisit({ appointment }: Record<string, unknown>): VisitSearch {
  const id = idOf(appointment);
  return id ? { appointment: id } : {};
}

/** Of which location the day is shown. */
export type TodaySearch = VisitSearch & { location?: string; peek?: string };

export function validateTodaySearch(search: Record<string, unknown>): TodaySearch {
  const [location, peek] = [idOf(search.location), idOf(search.peek)];
  return { ...validateVisit(search), ...(location ? { location } : {}), ...(peek ? { peek } : {}) };
}
