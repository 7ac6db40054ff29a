const MINUTES = 16;

const formats = new Map<string, Intl.DateTimeFormat>();
/** Making one takes a hundred times as long as using it. */
function formatIn(timeZone: string) {
  let format = formats.get(timeZone);
  // Swedish writes dates and times as the standard does
  if (!format) formats.set(timeZone, (format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' })));
  return format;
}

/** What a clock in the zone shows at an instant, to the minute: `2026-03-01T12:30`. */
export function localIn(timeZone: string, at: string | Date): string {
  const text = formatIn(timeZone).format(new Date(at));
  return text.replace(' ', 'T').slice(0, MINUTES);
}

const DAY_CHARS = 10;
/** The day that it is in a zone at an instant: `2026-03-01`. */
export const dayIn = (timeZone: string, at: string | Date) => localIn(timeZone, at).slice(0, DAY_CHARS);

/** Whether a clock in the zone shows another time than the visitor's own then, or another day. */
export const isElsewhere = (timeZone: string, at: string | Date, own = Intl.DateTimeFormat().resolvedOptions().timeZone) => localIn(timeZone, at) !== localIn(own, at);

/** The instant at which a clock in the zone shows this; where it shows it twice the first, where never the one after. */
export function instantIn(timeZone: string, local: string): string {
  const asUtc = Date.parse(`${local}Z`);
  const ahead = (at: number) => Date.parse(`${localIn(timeZone, new Date(at))}Z`) - at;
  const day = 86_400_000;
  const guesses = [asUtc - ahead(asUtc - day), asUtc - ahead(asUtc + day)];
  const shows = guesses.filter((at) => localIn(timeZone, new Date(at)) === local.slice(0, MINUTES));
  return new Date(shows.length ? Math.min(...shows) : Math.max(...guesses)).toISOString();
}
