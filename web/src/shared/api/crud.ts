import { type QueryKey, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

type Row = { id: string; version: number };
type Calls<R, New, Change> = {
  /** All of them: only for kinds of which a practice has a few dozen at most, and no other list. */
  list?: (signal: AbortSignal) => Promise<R[]>;
  one: (id: string, signal: AbortSignal) => Promise<R>;
  create: (body: New, key: string) => Promise<R>;
  change: (id: string, body: Change & { version: number }) => Promise<R>;
};

/**
 * Queries and mutations of a kind of record. Keys begin with the topic of the live messages about it, so that news
 * from elsewhere have it fetched again; `touches` names other kinds that show something of it.
 */
export function crud<R extends Row, New, Change>(topic: string, calls: Calls<R, New, Change>, touches: readonly string[] = []) {
  const listQuery = queryOptions({ queryKey: [topic, 'list'] as QueryKey, queryFn: ({ signal }) => calls.list?.(signal) ?? [] });
  const oneQuery = (id: string) => queryOptions({ queryKey: [topic, 'one', id] as QueryKey, queryFn: ({ signal }) => calls.one(id, signal) });

  function useKeep() {
    const client = useQueryClient();
    return (record: R) => {
      client.setQueryData(oneQuery(record.id).queryKey, record);
      client.setQueryData<R[]>(listQuery.queryKey, (rows) => rows?.map((row) => (row.id === record.id ? record : row)));
      for (const key of [topic, ...touches]) void client.invalidateQueries({ queryKey: [key] });
    };
  }
  /** `key` stays the same when the same form is sent again after a lost answer, so that one record is made, not two. */
  const useCreate = () => useMutation({ mutationFn: ({ body, key }: { body: New; key: string }) => calls.create(body, key), onSuccess: useKeep() });
  const useChange = () =>
    useMutation({ mutationFn: ({ id, body }: { id: string; body: Change & { version: number } }) => calls.change(id, body), onSuccess: useKeep() });

  return { listQuery, oneQuery, useKeep, useCreate, useChange };
}
