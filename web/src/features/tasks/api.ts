import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';

/** A task with the names around it. */
export type Task = Schemas['TaskItem'];
export type TaskFields = Schemas['TaskFields'];
export type Assignee = Schemas['TaskAssignee'];
export type Counts = Schemas['TaskCounts'];
export type Role = Schemas['Role'];
/** Somebody who works here. */
export type Member = Pick<Schemas['Member'], 'id' | 'name' | 'role' | 'customRole'>;

const PAGE = 50;
/** More than any practice employs; what lies beyond is not shown. */
const ALL = 200;
// keys begin with the topic of the live messages about the record
const KEY = 'task';

export type TasksAsked = {
  status?: 'open' | 'done' | 'all';
  sort?: 'due' | '-doneAt';
  mine?: boolean;
  unassigned?: boolean;
  assigneeId?: string;
  role?: Role;
  roleId?: string;
  patientId?: string;
  overdue?: boolean;
  /** A day by the practice's clocks. */
  dueUntil?: string;
};

/** What is to be done, what is due first, first. */
export const tasksQuery = (asked: TasksAsked) =>
  infiniteQueryOptions({
    queryKey: [KEY, 'list', asked] as const,
    queryFn: ({ pageParam, signal }) =>
      unwrap(api.GET('/api/v1/tasks', { params: { query: { limit: PAGE, ...asked, ...(pageParam ? { cursor: pageParam } : {}) } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });

export const taskQuery = (id: string) =>
  queryOptions({
    queryKey: [KEY, 'one', id] as const,
    queryFn: ({ signal }) => unwrap(api.GET('/api/v1/tasks/{id}', { params: { path: { id } }, signal })),
  });

export const countsQuery = queryOptions({
  queryKey: [KEY, 'counts'] as const,
  queryFn: ({ signal }) => unwrap(api.GET('/api/v1/tasks/counts', { signal })),
});

/** Whom a task can be given to: those who can come in. */
export const membersQuery = queryOptions({
  queryKey: ['staff', 'active'] as const,
  queryFn: async ({ signal }): Promise<Member[]> =>
    (await unwrap(api.GET('/api/v1/staff', { params: { query: { status: 'active', limit: ALL } }, signal }))).items,
});

function useAction<V>(work: (variables: V) => Promise<Task>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: work,
    onSuccess: (now) => {
      client.setQueryData(taskQuery(now.id).queryKey, now);
      void client.invalidateQueries({ queryKey: [KEY] });
      void client.invalidateQueries({ queryKey: ['patient', 'timeline'] });
    },
  });
}

export type At = { id: string; version: number };
const at = (id: string) => ({ params: { path: { id } } });

/** `key` stays the same when the same form is sent again after a lost answer, so that one task is made, not two. */
export const useAddTask = () =>
  useAction(({ body, key }: { body: TaskFields; key: string }) => unwrap(api.POST('/api/v1/tasks', { body, params: { header: { 'Idempotency-Key': key } } })));

export const useChangeTask = () =>
  useAction(({ id, body }: { id: string; body: Partial<TaskFields> & { version: number } }) =>
    unwrap(api.PATCH('/api/v1/tasks/{id}', { ...at(id), body: body as Schemas['Change_TaskFields'] })),
  );

export const useComplete = () => useAction(({ id, version }: At) => unwrap(api.POST('/api/v1/tasks/{id}/complete', { ...at(id), body: { version } })));

export const useReopen = () => useAction(({ id, version }: At) => unwrap(api.POST('/api/v1/tasks/{id}/reopen', { ...at(id), body: { version } })));

export const useDelete = () => useAction(({ id, version }: At) => unwrap(api.POST('/api/v1/tasks/{id}/delete', { ...at(id), body: { version } })));

export const useRestore = () => useAction(({ id, version }: At) => unwrap(api.POST('/api/v1/tasks/{id}/restore', { ...at(id), body: { version } })));
