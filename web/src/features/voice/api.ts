import { queryOptions } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import { crud } from '@/shared/api/crud';
import type { Schemas } from '@/shared/api/problem';

export type FieldKind = Schemas['CaseFieldType'];
export type Label = Schemas['CaseFieldLabel'];
/** What is kept of each case. An answer leaves out nothing but what there is not. */
export type Field = Required<Omit<Schemas['CaseField'], 'default' | 'options'>> & Pick<Schemas['CaseField'], 'default' | 'options'>;
export type FlowInUse = Schemas['FlowInUse'];
/** A purpose of calls. */
export type CallWorkflow = Omit<Schemas['CallWorkflow'], 'fields'> & { fields: Field[] };
export type NewCallWorkflow = Omit<Schemas['NewCallWorkflow'], 'fields'> & { fields: Field[] };
export type CallWorkflowChange = { name?: string; nameAr?: string | null; enabled?: boolean; fields?: Field[] };
export type SchemaVersion = Omit<Schemas['CaseSchemaVersion'], 'fields'> & { fields: Field[] };
export type FlowFile = Schemas['FlowFile'];
export type FlowFault = Schemas['FlowFault'];
export type Flow = Schemas['CallFlow'];

// keys begin with the topic of the live messages about the record
const WORKFLOW = 'call_workflow';
const at = (id: string) => ({ params: { path: { id } } });
// the document cannot say that an answer has every member
const whole = (answer: Promise<Schemas['CallWorkflow']>) => answer as Promise<CallWorkflow>;

/** What the practice calls about. */
export const callWorkflows = crud<CallWorkflow, NewCallWorkflow, CallWorkflowChange>(
  WORKFLOW,
  {
    list: async (signal) => (await unwrap(api.GET('/api/v1/call-workflows', { signal }))).items as CallWorkflow[],
    one: (id, signal) => whole(unwrap(api.GET('/api/v1/call-workflows/{id}', { ...at(id), signal }))),
    create: (body, key) => whole(unwrap(api.POST('/api/v1/call-workflows', { body, params: { header: { 'Idempotency-Key': key } } }))),
    change: (id, body) => whole(unwrap(api.PATCH('/api/v1/call-workflows/{id}', { ...at(id), body }))),
  },
  ['case'],
);

/** How the fields were defined before, the newest first. */
export const schemaVersionsQuery = (id: string) =>
  queryOptions({
    queryKey: [WORKFLOW, 'schema-versions', id] as const,
    queryFn: async ({ signal }) => (await unwrap(api.GET('/api/v1/call-workflows/{id}/schema-versions', { ...at(id), signal }))).items as SchemaVersion[],
  });

/** The conversation as its files are, and what is wrong with them. */
export const flowQuery = (id: string) =>
  queryOptions({
    queryKey: [WORKFLOW, 'flow', id] as const,
    queryFn: ({ signal }) => unwrap(api.GET('/api/v1/call-workflows/{id}/flow', { ...at(id), signal })),
  });
