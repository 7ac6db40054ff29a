import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { unwrap } from '@/shared/api/client';
import { crud } from '@/shared/api/crud';
import { voice as api } from './loose';

export type FieldKind = 'string' | 'text' | 'number' | 'date' | 'datetime' | 'phone' | 'select' | 'boolean';
export type Label = { en: string; ar?: string };
export type Choice = { value: string; label: Label };
/** What is kept of each case. */
export type Field = {
  key: string;
  label: Label;
  type: FieldKind;
  required: boolean;
  options?: Choice[];
  default?: unknown;
  displayInList: boolean;
  displayOrder: number;
  sensitive: boolean;
};
export type FlowInUse = { id: string; number: number; hash: string; loadedAt: string };
/** A purpose of calls. */
export type CallWorkflow = {
  id: string;
  slug: string;
  name: string;
  nameAr: string | null;
  enabled: boolean;
  schemaVersion: number;
  fields: Field[];
  flow: FlowInUse | null;
  cases: number;
  version: number;
  createdAt: string;
  updatedAt: string;
};
export type NewCallWorkflow = { slug: string; name: string; nameAr: string | null; fields: Field[] };
export type CallWorkflowChange = { name?: string; nameAr?: string | null; enabled?: boolean; fields?: Field[] };
export type SchemaVersion = { number: number; fields: Field[]; createdBy: string | null; createdAt: string };
export type FlowFile = { name: string; text: string };
export type FlowFault = { file: string; line: number; column: number; code: string; message: string };
export type Flow = { number: number | null; hash: string | null; loadedAt: string | null; files: FlowFile[]; faults: FlowFault[]; versions: FlowInUse[] };

// keys begin with the topic of the live messages about the record
const WORKFLOW = 'call_workflow';
const at = (id: string) => ({ params: { path: { id } } });

/** What the practice calls about. */
export const callWorkflows = crud<CallWorkflow, NewCallWorkflow, CallWorkflowChange>(
  WORKFLOW,
  {
    list: async (signal) => (await unwrap<{ items: CallWorkflow[] }>(api.GET('/api/v1/call-workflows', { signal }))).items,
    one: (id, signal) => unwrap(api.GET('/api/v1/call-workflows/{id}', { ...at(id), signal })),
    create: (body, key) => unwrap(api.POST('/api/v1/call-workflows', { body, params: { header: { 'Idempotency-Key': key } } })),
    change: (id, body) => unwrap(api.PATCH('/api/v1/call-workflows/{id}', { ...at(id), body })),
  },
  ['case'],
);

/** How the fields were defined before, the newest first. */
export const schemaVersionsQuery = (id: string) =>
  queryOptions({
    queryKey: [WORKFLOW, 'schema-versions', id] as const,
    queryFn: async ({ signal }) => (await unwrap<{ items: SchemaVersion[] }>(api.GET('/api/v1/call-workflows/{id}/schema-versions', { ...at(id), signal }))).items,
  });

/** The conversation as its files are, and what is wrong with them. */
export const flowQuery = (id: string) =>
  queryOptions({
    queryKey: [WORKFLOW, 'flow', id] as const,
    queryFn: ({ signal }) => unwrap<Flow>(api.GET('/api/v1/call-workflows/{id}/flow', { ...at(id), signal })),
  });

export type Transport = 'phone' | 'web' | 'text';
export type Call = {
  id: string;
  direction: 'outbound' | 'inbound';
  transport: Transport;
  state: 'queued' | 'dialing' | 'live' | 'ended';
  outcome: string | null;
  endedBy: string | null;
  attempt: number;
  dueAt: string | null;
  startedAt: string | null;
  endedAt: string | null;
  talkMs: number;
  review: 'none' | 'open' | 'done';
  version: number;
  createdAt: string;
};

const RECENT = 20;
/** The last calls about a case. */
export const callsOfCaseQuery = (caseId: string) =>
  queryOptions({
    queryKey: ['call', 'of-case', caseId] as const,
    queryFn: async ({ signal }) => (await unwrap<{ items: Call[] }>(api.GET('/api/v1/calls', { params: { query: { caseId, limit: RECENT } }, signal }))).items,
  });

/** Has a call made. `key` stays the same when it is asked for again after a lost answer, so that one call is made, not two. */
export function useAskCall() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ key, ...body }: { caseId: string; transport: Transport; key: string }) => unwrap<Call>(api.POST('/api/v1/calls', { body, params: { header: { 'Idempotency-Key': key } } })),
    onSettled: () => {
      for (const topic of ['call', 'case']) void client.invalidateQueries({ queryKey: [topic] });
    },
  });
}
