const DAY = 24 * 60;
const minutesOf = (time: string) => {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
};

/** For how many hours it is quiet from one local time to another, as text: `10`, `7.5`. Undefined where it never is. */
export function quietHours(from: string, until: string): string | undefined {
  const minutes = (minutesOf(until) - minutesOf(from) + DAY) % DAY;
  return Number.isFinite(minutes) && minutes ? String(Math.round((minutes / 60) * 100) / 100) : undefined;
}
