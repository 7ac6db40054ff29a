import type { ApiKey, Review, Reviewed } from './api';

const DAY_MS = 86_400_000;
/** As long as the server takes for somebody who is away, and for a review that has to come again. */
const LONG_DAYS = 90;

const longSince = (at: string, now: string) => Date.parse(now) - Date.parse(at) > LONG_DAYS * DAY_MS;

export type Mark = Reviewed['flags'][number] | 'suspended';

/** Why to look twice at somebody. Who is suspended cannot come in, but still has the rights once let in again. */
export const marksOf = (person: Reviewed): Mark[] => (person.status === 'suspended' ? ['suspended', ...person.flags] : person.flags);

/** Those with the most to look at first; among equals as the server has them, by name. */
export const inOrder = (people: readonly Reviewed[]): Reviewed[] => people.toSorted((a, b) => marksOf(b).length - marksOf(a).length);

export const isDue = ({ lastConfirmedAt, generatedAt }: Pick<Review, 'lastConfirmedAt' | 'generatedAt'>) => !lastConfirmedAt || longSince(lastConfirmedAt, generatedAt);

/** A key that nobody uses is only a way in. */
export function keyMark({ lastUsedAt }: Pick<ApiKey, 'lastUsedAt'>, now: string): 'unused' | 'stale' | undefined {
  if (!lastUsedAt) return 'unused';
  return longSince(lastUsedAt, now) ? 'stale' : undefined;
}
