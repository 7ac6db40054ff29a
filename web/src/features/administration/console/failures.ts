import { infiniteQueryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';
import { KEY } from './api';

/** An event that was set aside, or a job that was given up: ids and codes, never contents. */
export type Failure = {
  id: string;
  practice: Schemas['NamedPractice'];
  at: string;
  name: string;
  error: string | null;
  subject?: { type: string; id: string };
  attempts?: number;
};
export type Kind = 'events' | 'jobs';

const MOST_AT_ONCE = 100;
const eventOf = (event: Schemas['DeadEvent']): Failure => ({ ...event, subject: { type: event.subjectType, id: event.subjectId } });
const jobOf = ({ kind, finishedAt, ...job }: Schemas['FailedJob']): Failure => ({ ...job, name: kind, at: finishedAt });

export const failuresQuery = (kind: Kind) =>
  infiniteQueryOptions({
    queryKey: [KEY, 'failures', kind] as const,
    queryFn: async ({ pageParam, signal }): Promise<{ items: Failure[]; nextCursor: string | null }> => {
      const asked = { params: { query: pageParam ? { cursor: pageParam } : {} }, signal };
      if (kind === 'events') {
        const page = await unwrap(api.GET('/api/v1/admin/dead-events', asked));
        return { ...page, items: page.items.map(eventOf) };
      }
      const page = await unwrap(api.GET('/api/v1/admin/failed-jobs', asked));
      return { ...page, items: page.items.map(jobOf) };
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });

/** By practice, and no more at once than the server takes. */
export function batches(failures: readonly Failure[]): { practice: string; ids: string[] }[] {
  const byPractice = new Map<string, Failure[]>();
  for (const failure of failures) byPractice.set(failure.practice.id, [...(byPractice.get(failure.practice.id) ?? []), failure]);
  return [...byPractice].flatMap(([practice, of]) =>
    Array.from({ length: Math.ceil(of.length / MOST_AT_ONCE) }, (_, n) => ({
      practice,
      ids: of.slice(n * MOST_AT_ONCE, (n + 1) * MOST_AT_ONCE).map((failure) => failure.id),
    })),
  );
}

/** Tries these again; answers how many were still there to try. */
export function useReplay(kind: Kind) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (failures: readonly Failure[]) => {
      let done = 0;
      for (const body of batches(failures)) {
        const answer = await unwrap(
          kind === 'events' ? api.POST('/api/v1/admin/dead-events/replay', { body }) : api.POST('/api/v1/admin/failed-jobs/retry', { body }),
        );
        done += answer.ids.length;
      }
      return done;
    },
    onSettled: () => client.invalidateQueries({ queryKey: [KEY] }),
  });
}

export function useDiscard() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ failure, reason }: { failure: Failure; reason: string }) =>
      unwrap(api.POST('/api/v1/admin/dead-events/discard', { body: { practice: failure.practice.id, ids: [failure.id], reason } })),
    onSettled: () => client.invalidateQueries({ queryKey: [KEY] }),
  });
}
