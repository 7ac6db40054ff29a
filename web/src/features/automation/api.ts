import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';
import { uuid } from '@/shared/api/uuid';
import type { Blocks, Field } from './blocks';
import type { Definition } from './definition';
import type { Problem } from './problems';
import type { RunState, Shelf } from './search';

export type WorkflowItem = Schemas['WorkflowLine'];
/** What the document cannot say of an answer: how a definition is built. */
export type Workflow = Omit<Schemas['Workflow'], 'definition'> & { definition: Definition };
export type Version = Omit<Schemas['WorkflowVersion'], 'definition'> & { definition: Definition };
export type Diff = Schemas['WorkflowDiff'];
export type RunItem = Schemas['RunLine'];
export type Run = Omit<Schemas['Run'], 'definition'> & { definition: Definition };
export type RunStep = Schemas['RunStep'];
export type Rehearsal = Schemas['Rehearsal'];
export type Checked = { problems: Problem[]; variables: Record<string, Field[]> };

const PAGE = 50;
// keys begin with the topics of the live messages
const KEY = 'workflow';
const RUN = 'run';
const MINUTE = 60_000;
const at = (id: string) => ({ params: { path: { id } } });
const withKey = (key: string) => ({ header: { 'Idempotency-Key': key } });
const bodyOf = (definition: Definition) => definition as unknown as Schemas['Definition'];

/** What there is to build with; it changes with the server, and with what practices connect. */
export const blocksQuery = queryOptions({
  // no topic: what is kept about workflows changes neither of these two
  queryKey: ['workflow_blocks'] as const,
  queryFn: async ({ signal }) => (await unwrap(api.GET('/api/v1/workflow-blocks', { signal }))) as unknown as Blocks,
  staleTime: 5 * MINUTE,
});

export type Listed = { shelf: Shelf; q: string };
export const workflowListQuery = ({ shelf, q }: Listed) =>
  infiniteQueryOptions({
    queryKey: [KEY, 'list', { shelf, q }] as const,
    queryFn: ({ pageParam, signal }) =>
      unwrap(api.GET('/api/v1/workflows', { params: { query: { limit: PAGE, ...(shelf === 'all' ? {} : { status: shelf }), ...(q ? { q } : {}), ...(pageParam ? { cursor: pageParam } : {}) } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  });

export const statsQuery = queryOptions({
  queryKey: [KEY, 'stats'] as const,
  queryFn: ({ signal }) => unwrap(api.GET('/api/v1/workflow-stats', { signal })),
});

export const workflowQuery = (id: string) =>
  queryOptions({
    queryKey: [KEY, 'one', id] as const,
    queryFn: async ({ signal }) => (await unwrap(api.GET('/api/v1/workflows/{id}', { ...at(id), signal }))) as unknown as Workflow,
  });

export const versionsQuery = (id: string) =>
  queryOptions({
    queryKey: [KEY, 'versions', id] as const,
    queryFn: async ({ signal }) => (await unwrap(api.GET('/api/v1/workflows/{id}/versions', { ...at(id), signal }))).items as unknown as Version[],
  });

/** What is different between two versions; without them between what is published and the draft. */
export const diffQuery = (id: string, from?: number, to?: number) =>
  queryOptions({
    queryKey: [KEY, 'diff', id, from, to] as const,
    queryFn: ({ signal }) =>
      unwrap(api.GET('/api/v1/workflows/{id}/diff', { params: { path: { id }, query: { ...(from ? { from } : {}), ...(to ? { to } : {}) } }, signal })),
  });

/** What is wrong with a draft, and which variables there are before each step. */
export const checkQuery = (definition: Definition) =>
  queryOptions({
    queryKey: ['workflow_check', definition] as const,
    queryFn: async ({ signal }) => (await unwrap(api.POST('/api/v1/workflows/check', { body: { definition: bodyOf(definition) }, signal }))) as unknown as Checked,
    placeholderData: keepPreviousData,
    gcTime: MINUTE,
    staleTime: MINUTE,
  });

/** Keeps what the server answered, and has lists fetched again. */
function useKeep() {
  const client = useQueryClient();
  return (answer: unknown) => {
    const workflow = answer as Workflow;
    client.setQueryData(workflowQuery(workflow.id).queryKey, workflow);
    // what is different depends on the draft
    for (const part of ['list', 'stats', 'versions', 'diff']) void client.invalidateQueries({ queryKey: [KEY, part] });
    return workflow;
  };
}

export type NewWorkflow = { name: string; description?: string | null; definition?: Definition; recipe?: string };
export type Change = { version: number; name?: string; description?: string | null; definition?: Definition };

/** Everything that is done to a workflow. */
export function useWorkflows() {
  const client = useQueryClient();
  const keep = useKeep();
  return {
    create: async (body: NewWorkflow, key: string) => keep(await unwrap(api.POST('/api/v1/workflows', { body: body as unknown as Schemas['NewWorkflow'], params: withKey(key) }))),
    change: async (id: string, body: Change) => keep(await unwrap(api.PATCH('/api/v1/workflows/{id}', { ...at(id), body: body as unknown as Schemas['WorkflowChange'] }))),
    publish: async (id: string, version: number) => keep(await unwrap(api.POST('/api/v1/workflows/{id}/publish', { ...at(id), body: { version } }))),
    unpublish: async (id: string, version: number) => keep(await unwrap(api.POST('/api/v1/workflows/{id}/unpublish', { ...at(id), body: { version } }))),
    duplicate: async (id: string) => keep(await unwrap(api.POST('/api/v1/workflows/{id}/duplicate', { params: { path: { id }, ...withKey(uuid()) } }))),
    remove: async (id: string, version: number) => {
      await unwrap(api.DELETE('/api/v1/workflows/{id}', { ...at(id), body: { version } }));
      client.removeQueries({ queryKey: workflowQuery(id).queryKey });
      for (const part of ['list', 'stats']) void client.invalidateQueries({ queryKey: [KEY, part] });
    },
  };
}

export const webhookQuery = (id: string) =>
  queryOptions({ queryKey: [KEY, 'webhook', id] as const, queryFn: ({ signal }) => unwrap(api.GET('/api/v1/workflows/{id}/webhook', { ...at(id), signal })) });
export function useRotate(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.POST('/api/v1/workflows/{id}/webhook', at(id))),
    onSuccess: () => client.invalidateQueries({ queryKey: webhookQuery(id).queryKey }),
  });
}

const SOON = 1_000;
/** How far it is; asked for apart from what it found, of which each look is kept. */
export const jobQuery = (id: string) =>
  queryOptions({
    queryKey: ['job', id] as const,
    queryFn: ({ signal }) => unwrap(api.GET('/api/v1/jobs/{id}', { ...at(id), signal })),
    refetchInterval: ({ state }) => (state.data && isOver(state.data.state) ? false : SOON),
  });
export const isOver = (state: Schemas['JobState']) => state !== 'queued' && state !== 'running';

export const rehearsalQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['rehearsal', id] as const,
    queryFn: ({ pageParam, signal }) =>
      unwrap(api.GET('/api/v1/workflow-rehearsals/{id}', { params: { path: { id }, query: { limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    staleTime: Infinity,
  });
export const useRehearse = (id: string) => useMutation({ mutationFn: () => unwrap(api.POST('/api/v1/workflows/{id}/rehearsals', { ...at(id), body: {} })) });
export const useCancelJob = () => useMutation({ mutationFn: (id: string) => unwrap(api.POST('/api/v1/jobs/{id}/cancel', at(id))) });

export type RunsAsked = { workflow?: string | undefined; state?: RunState | undefined };
export const runsQuery = ({ workflow, state }: RunsAsked) =>
  infiniteQueryOptions({
    queryKey: [RUN, 'list', { workflow, state }] as const,
    queryFn: ({ pageParam, signal }) =>
      unwrap(api.GET('/api/v1/workflow-runs', { params: { query: { limit: PAGE, ...(workflow ? { workflow } : {}), ...(state ? { state } : {}), ...(pageParam ? { cursor: pageParam } : {}) } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  });

export const runQuery = (id: string) =>
  queryOptions({
    queryKey: [RUN, 'one', id] as const,
    queryFn: async ({ signal }) => (await unwrap(api.GET('/api/v1/workflow-runs/{id}', { ...at(id), signal }))) as unknown as Run,
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? SOON : false),
  });

export function useRuns() {
  const client = useQueryClient();
  const again = <V>(answer: V) => {
    void client.invalidateQueries({ queryKey: [RUN] });
    return answer;
  };
  return {
    /** `version`: of the draft that was looked at; another one is not carried out. */
    test: async (workflow: string, version: number, subjectId: string | null, key: string) =>
      again(await unwrap(api.POST('/api/v1/workflows/{id}/tests', { params: { path: { id: workflow }, ...withKey(key) }, body: { version, ...(subjectId ? { subjectId } : {}) } }))),
    start: async (workflow: string, ids: string[], key: string) => again(await unwrap(api.POST('/api/v1/workflows/{id}/runs', { params: { path: { id: workflow }, ...withKey(key) }, body: { ids } }))),
    /** As it was, or as the workflow is published now. */
    resume: async (id: string, version: 'own' | 'newest') => again(await unwrap(api.POST('/api/v1/workflow-runs/{id}/resume', { ...at(id), body: { version } }))),
    cancel: async (id: string) => again(await unwrap(api.POST('/api/v1/workflow-runs/{id}/cancel', at(id)))),
  };
}

export type Settings = Schemas['WorkflowSettings'];
export const settingsQuery = queryOptions({
  queryKey: ['workflow_settings'] as const,
  queryFn: ({ signal }) => unwrap(api.GET('/api/v1/workflow-settings', { signal })),
});
export function useSetSettings() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas['WorkflowSettingsChange']) => unwrap(api.PATCH('/api/v1/workflow-settings', { body })),
    onSuccess: (now) => client.setQueryData(settingsQuery.queryKey, now),
    // whoever was too late sees what is so now
    onError: () => client.invalidateQueries({ queryKey: settingsQuery.queryKey }),
  });
}
