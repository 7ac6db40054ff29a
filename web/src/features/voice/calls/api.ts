import { infiniteQueryOptions, keepPreviousData, type QueryClient, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api as server, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';
import type { Line } from './conversation';

type Asked = <T>(path: string, init?: object) => Promise<{ data?: T }>;
const api = server as unknown as { GET: Asked; POST: Asked; PATCH: Asked };

export type Transport = 'phone' | 'web' | 'text';
export type CallState = 'queued' | 'dialing' | 'live' | 'ended';
export type EndedBy = 'agent' | 'caller' | 'staff' | 'limit' | 'no_answer' | 'busy' | 'refused' | 'cancelled' | 'failed' | 'interrupted';
export type Call = {
  id: string;
  callWorkflowId: string | null;
  caseId: string | null;
  patientId: string | null;
  direction: 'outbound' | 'inbound';
  runtime: 'native' | 'retell';
  transport: Transport;
  state: CallState;
  outcome: string | null;
  endedBy: EndedBy | null;
  errorCode: string | null;
  flowId: string | null;
  attempt: number;
  dueAt: string | null;
  requestedBy: 'person' | 'workflow' | 'retry' | 'caller' | 'program';
  requestedId: string | null;
  startedAt: string | null;
  answeredAt: string | null;
  endedAt: string | null;
  talkMs: number;
  holdMs: number;
  turns: number;
  costMicros: number;
  costs: unknown;
  latencyP50: number | null;
  latencyP99: number | null;
  review: 'none' | 'open' | 'done';
  reviewedAt: string | null;
  reviewedBy: string | null;
  version: number;
  createdAt: string;
  updatedAt: string;
};
export type Finding = {
  target: 'case' | 'patient';
  key: string;
  value: unknown;
  before: unknown;
  quote: string | null;
  turn: number | null;
  state: 'open' | 'accepted' | 'dismissed';
  decidedAt: string | null;
  decidedBy: string | null;
};
/** One of a list, with whom it is. */
export type CallItem = Call & { patient: Schemas['PatientName'] | null };
/** All of a call but its lines. */
export type CallDetail = CallItem & { number: string | null; summary: string | null; findings: Finding[] };
/** A line as it is kept. */
export type Turn = Line & { isRedacted: boolean; latency: unknown };
export type Field = { key: string; label: { en: string; ar: string | null }; type: 'string' | 'text' | 'number' | 'date' | 'datetime' | 'phone' | 'select' | 'boolean'; options: { value: string; label: { en: string; ar: string | null } | string }[] };
export type CallWorkflow = { id: string; slug: string; name: string; nameAr: string | null; enabled: boolean; fields: Field[] };
export type Case = { id: string; callWorkflowId: string; patientId: string | null; patient: Schemas['PatientName'] | null; version: number };
export type Stats = {
  started: number;
  reached: number;
  notReached: number;
  failed: number;
  minutes: number;
  holdMinutes: number;
  costMicros: number;
  latencyP50: number | null;
  outcomes: { outcome: string; calls: number }[];
  days: { day: string; started: number; reached: number; minutes: number; costMicros: number }[];
};

const PAGE = 50;
const at = (id: string) => ({ params: { path: { id } } });
// keys begin with the topic of the live messages about the record
const CALL = 'call';

type Which = { callWorkflowId?: string; caseId?: string; patientId?: string; underWay?: boolean; state?: CallState; review?: 'open' };

/** Calls, the newest first. */
export const callsQuery = (which: Which) =>
  infiniteQueryOptions({
    queryKey: [CALL, 'list', which] as const,
    queryFn: ({ pageParam, signal }): Promise<{ items: CallItem[]; nextCursor: string | null }> => unwrap(api.GET('/api/v1/calls', { params: { query: { limit: PAGE, ...which, ...(pageParam ? { cursor: pageParam } : {}) } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });

/** What nobody has looked at. */
export const inboxQuery = (callWorkflowId: string | undefined) => callsQuery({ review: 'open', ...(callWorkflowId ? { callWorkflowId } : {}) });

export const callQuery = (id: string) =>
  queryOptions({
    queryKey: [CALL, 'one', id] as const,
    queryFn: ({ signal }): Promise<CallDetail> => unwrap(api.GET('/api/v1/calls/{id}', { ...at(id), signal })),
  });

const SEEN_MS = 30_000;
/** What was said; `original` with nothing left out, of which the ledger takes note. */
export const turnsQuery = (id: string, original: boolean) =>
  queryOptions({
    queryKey: ['turns', id, original] as const,
    queryFn: async ({ signal }) => (await unwrap<{ items: Turn[] }>(api.GET('/api/v1/calls/{id}/turns', { params: { path: { id }, query: original ? { original } : {} }, signal }))).items,
    // lines of a call that is over do not change
    staleTime: Infinity,
    // what was shown on demand is not kept
    ...(original ? { gcTime: SEEN_MS } : {}),
  });

/** What the practice calls about. */
export const callWorkflowsQuery = queryOptions({
  queryKey: ['call_workflow', 'of-calls'] as const,
  queryFn: async ({ signal }) => (await unwrap<{ items: CallWorkflow[] }>(api.GET('/api/v1/call-workflows', { signal }))).items,
});

export const caseQuery = (id: string) =>
  queryOptions({
    queryKey: ['case', 'of-calls', id] as const,
    queryFn: ({ signal }): Promise<Case> => unwrap(api.GET('/api/v1/cases/{id}', { ...at(id), signal })),
  });

/** How calls about something went in the last days. */
export const statsQuery = (callWorkflowId: string, days: number) =>
  queryOptions({
    queryKey: [CALL, 'stats', callWorkflowId, days] as const,
    queryFn: ({ signal }): Promise<Stats> => unwrap(api.GET('/api/v1/call-workflows/{id}/stats', { params: { path: { id: callWorkflowId }, query: { days } }, signal })),
    placeholderData: keepPreviousData,
  });

function keep(client: QueryClient, call: Call) {
  client.setQueryData(callQuery(call.id).queryKey, (before) => before && { ...before, ...call });
  void client.invalidateQueries({ queryKey: [CALL] });
}

function useActing<V>(work: (variables: V) => Promise<Call>) {
  const client = useQueryClient();
  return useMutation({ mutationFn: work, onSuccess: (call) => keep(client, call) });
}

type At = { id: string; version: number };
/** `key` stays the same when the same call is asked for again after a lost answer, so that one is made, not two. */
export const useStart = () => useActing(({ key, ...body }: { caseId: string; transport: Transport; key: string }) => unwrap<Call>(api.POST('/api/v1/calls', { body, params: { header: { 'Idempotency-Key': key } } })));
/** Takes a call back that has not begun. */
export const useCancelCall = () => useActing(({ id, version }: At) => unwrap<Call>(api.POST('/api/v1/calls/{id}/cancel', { ...at(id), body: { version } })));
/** Notes that somebody has looked at it, or that somebody is to look again. */
export const useReview = () => useActing(({ id, version, done }: At & { done: boolean }) => unwrap<Call>(api.POST('/api/v1/calls/{id}/review', { ...at(id), body: { version, done } })));

/** What of a call goes into the case, and what does not, by keys of fields. */
export function useDecide() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...body }: At & { accept: string[]; dismiss: string[] }) => unwrap<CallDetail>(api.POST('/api/v1/calls/{id}/findings', { ...at(id), body })),
    onSuccess: (call) => {
      keep(client, call);
      void client.invalidateQueries({ queryKey: ['case'] });
    },
  });
}

/** Says who it is that a case is about. */
export function useLinkPatient() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...body }: At & { patientId: string }) => unwrap<Case>(api.PATCH('/api/v1/cases/{id}', { ...at(id), body })),
    onSuccess: () => {
      for (const key of ['case', CALL]) void client.invalidateQueries({ queryKey: [key] });
    },
  });
}
