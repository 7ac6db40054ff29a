/** A day of the calendar, `1990-05-17`; undefined for what is none, or before 1850. */
export function dateOf({ day, month, year }: { day: string; month: string; year: string }): string | undefined {
  if (year.length !== 4 || !day || !month || Number(year) < 1850) return undefined;
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const at = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(date) ? date : undefined;
}
