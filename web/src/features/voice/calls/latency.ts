import type { Turn } from './api';

/** The whole of an answer, where the server gives it besides its parts. */
const TOTAL = 'total';

/** Milliseconds of each part of an answer: until the last word was understood, thought about, spoken. */
export function partsOf(latency: unknown): [part: string, ms: number][] {
  if (!latency || typeof latency !== 'object') return [];
  return Object.entries(latency).filter((part): part is [string, number] => part[0] !== TOTAL && typeof part[1] === 'number' && part[1] >= 0);
}

/** Milliseconds from the end of what was said until the answer could be heard; undefined where nothing was answered. */
export function totalOf(latency: unknown): number | undefined {
  if (typeof latency === 'number') return latency;
  const total = latency && typeof latency === 'object' ? (latency as Record<string, unknown>)[TOTAL] : undefined;
  if (typeof total === 'number') return total;
  const parts = partsOf(latency);
  return parts.length ? parts.reduce((sum, [, ms]) => sum + ms, 0) : undefined;
}

/** What was said on a line of time, in parts of a hundred of the whole. */
export type Span = Pick<Turn, 'seq' | 'who'> & { from: number; length: number };

/** Where each line lies in its call; what has no end lasts until the next begins. */
export function spansOf(turns: readonly Pick<Turn, 'seq' | 'who' | 'atMs' | 'endedMs'>[], callMs: number): Span[] {
  const whole = Math.max(1, callMs, ...turns.flatMap(({ atMs, endedMs }) => [atMs, endedMs ?? 0]));
  return turns.map(({ seq, who, atMs, endedMs }, n) => {
    const end = endedMs ?? turns[n + 1]?.atMs ?? whole;
    return { seq, who, from: (atMs / whole) * 100, length: (Math.max(0, end - atMs) / whole) * 100 };
  });
}
