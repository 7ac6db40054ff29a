export const views = ['day', 'rooms', 'week', 'month', 'list'] as const;
export type View = (typeof views)[number];

/**
 * What of the calendar lives in its address: ids and days only, never who comes. `providers` are those whose columns are
 * shown, all of them without it; `provider` is whose week it is, or whose day on a phone. `cancelled` shows those as well.
 * `book` opens the form for a new appointment, `appointment` one that there is.
 */
export type CalendarSearch = {
  view?: View;
  date?: string;
  location?: string;
  providers?: string[];
  provider?: string;
  cancelled?: true;
  appointment?: string;
  book?: true;
};

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const DAY = /^2[01]\d{2}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const idOf = (value: unknown) => (typeof value === 'string' && ID.test(value) ? value : undefined);

/** Whether that day is in the calendar: there is no 30 February. */
const isDay = (value: unknown): value is string => {
  if (typeof value !== 'string' || !DAY.test(value)) return false;
  const [year = 0, month = 0, day = 0] = value.split('-').map(Number);
  return new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day;
};

/** Defaults stay out of the address; whatever does not fit is dropped rather than refused. */
export function validateCalendarSearch(search: Record<string, unknown>): CalendarSearch {
  const view = views.find((v) => v === search.view);
  const [location, provider, appointment] = [idOf(search.location), idOf(search.provider), idOf(search.appointment)];
  const providers = Array.isArray(search.providers) ? search.providers.filter((id): id is string => idOf(id) !== undefined) : [];
  return {
    ...(view && view !== 'day' ? { view } : {}),
    ...(isDay(search.date) ? { date: search.date } : {}),
    ...(location ? { location } : {}),
    ...(providers.length ? { providers } : {}),
    ...(provider ? { provider } : {}),
    ...(search.cancelled === true ? { cancelled: true as const } : {}),
    ...(appointment ? { appointment } : {}),
    ...(search.book === true ? { book: true as const } : {}),
  };
}
