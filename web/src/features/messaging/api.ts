import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';
import { uuid } from '@/shared/api/uuid';
import { typeOf } from './conversation/files';
import { type MessagesSearch, undelivered } from './search';

export type Message = Schemas['Message'];
/** One of a list, with whom it is to or from. */
export type Item = Schemas['MessageItem'];
export type Channel = Schemas['MessageChannel'];
export type State = Schemas['MessageState'];
export type Purpose = Schemas['MessagePurpose'];
export type Language = Message['language'];
export type NewMessage = Schemas['NewMessage'];
export type Template = Schemas['MessageTemplate'];
export type Texts = Schemas['TemplateTexts'];
export type TemplateProblem = Schemas['TemplateProblem'];
export type Rendered = Schemas['MessagePreview'];
export type RenderAsked = Schemas['PreviewMessage'];
export type DraftMessage = Schemas['DraftMessage'];
export type DraftPreview = Schemas['DraftPreview'];
export type SmsMeasure = Schemas['SmsMeasure'];

/** Topics of live messages about messaging: keys of its queries begin with them. */
export const topics = ['message', 'suppression', 'message_template', 'message_rule', 'message_channel', 'messaging_settings'] as const;

const PAGE = 50;
// keys begin with the topic of the live messages about the record
const MESSAGE = 'message';
const TEMPLATE = 'message_template';
const NEW_KEY = (key: string) => ({ header: { 'Idempotency-Key': key } });
const at = (id: string) => ({ params: { path: { id } } });

type Query = { state?: string; channel?: Channel; patientId?: string; provider?: string };
const listQuery = (asked: Query) =>
  infiniteQueryOptions({
    queryKey: [MESSAGE, 'list', asked] as const,
    queryFn: ({ pageParam, signal }) => unwrap(api.GET('/api/v1/messages', { params: { query: { limit: PAGE, ...asked, ...(pageParam ? { cursor: pageParam } : {}) } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });

/** Everything that was written between the practice and a patient, the newest first. */
export const conversationQuery = (patientId: string) => listQuery({ patientId });

/** The ledger, as it is narrowed down. */
export function ledgerQuery({ shelf, channel, state, patient }: MessagesSearch) {
  const stands = state ?? (shelf === 'failed' ? undelivered.join() : undefined);
  return listQuery({ ...(channel ? { channel } : {}), ...(stands ? { state: stands } : {}), ...(patient ? { patientId: patient } : {}) });
}

/** What was kept here instead of sent. */
export const mailboxQuery = listQuery({ provider: 'sandbox' });

/** What came in and nobody has read yet: of patients, or of numbers that are nobody's. */
export const inboxQuery = infiniteQueryOptions({
  queryKey: [MESSAGE, 'inbox'] as const,
  queryFn: ({ pageParam, signal }) => unwrap(api.GET('/api/v1/message-inbox', { params: { query: { limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) } }, signal })),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.nextCursor ?? undefined,
});

export const messageQuery = (id: string) =>
  queryOptions({
    queryKey: [MESSAGE, 'one', id] as const,
    queryFn: ({ signal }) => unwrap(api.GET('/api/v1/messages/{id}', { ...at(id), signal })),
  });

/** How many messages wait for people. */
export const countsQuery = queryOptions({
  queryKey: [MESSAGE, 'counts'] as const,
  queryFn: ({ signal }) => unwrap(api.GET('/api/v1/message-counts', { signal })),
});

const TYPED_MS = 30_000;
/** What a message would be, and whether it would go out. */
export const draftQuery = (asked: DraftMessage) =>
  queryOptions({
    queryKey: [MESSAGE, 'draft', asked] as const,
    queryFn: ({ signal }) => unwrap(api.POST('/api/v1/messages/preview', { body: asked, signal })),
    placeholderData: keepPreviousData,
    // what was typed is not kept
    gcTime: TYPED_MS,
  });

/** What a template becomes for somebody. */
export const renderQuery = (asked: RenderAsked) =>
  queryOptions({
    queryKey: [TEMPLATE, 'preview', asked] as const,
    queryFn: ({ signal }) => unwrap(api.POST('/api/v1/message-templates/preview', { body: asked, signal })),
    placeholderData: keepPreviousData,
    // what was typed is not kept
    gcTime: TYPED_MS,
  });

/** What is done with messages; they, and the timelines that tell of them, are fetched again. */
function useActing<V, R>(work: (variables: V) => Promise<R>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: work,
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: [MESSAGE] });
      void client.invalidateQueries({ queryKey: ['patient', 'timeline'] });
    },
  });
}

type At = { id: string; version: number };
export const useSend = () => useActing(({ body, key }: { body: NewMessage; key: string }) => unwrap(api.POST('/api/v1/messages', { body, params: NEW_KEY(key) })) as Promise<Message>);
export const useRetry = () => useActing(({ id, version }: At) => unwrap(api.POST('/api/v1/messages/{id}/retry', { ...at(id), body: { version } })));
export const useCancelMessage = () => useActing(({ id, version }: At) => unwrap(api.POST('/api/v1/messages/{id}/cancel', { ...at(id), body: { version } })));
export const useDecide = () =>
  useActing(({ id, version, send }: At & { send: boolean }) => unwrap(api.POST('/api/v1/messages/{id}/decide', { ...at(id), body: { version, decision: send ? 'send_again' : 'leave' } })));
export const useRead = () => useActing((id: string) => unwrap(api.POST('/api/v1/messages/{id}/read', at(id))));
/** Everything that came in from a patient. */
export const useReadAll = () => useActing((patientId: string) => unwrap(api.POST('/api/v1/patients/{id}/conversation/read', at(patientId))));
export const useAssign = () => useActing(({ id, ...body }: At & { patientId: string }) => unwrap(api.POST('/api/v1/messages/{id}/assign', { ...at(id), body })));

export const LARGEST_FILE = 10 * 1024 * 1024;
/** Gives a file that an e-mail is to take along. */
export const useGiveAttachment = () =>
  useMutation({
    mutationFn: (file: File) =>
      unwrap(
        api.POST('/api/v1/message-attachments', {
          params: { header: { 'Idempotency-Key': uuid(), 'X-File-Name': encodeURIComponent(file.name) } },
          headers: { 'content-type': typeOf(file) },
          body: file as unknown as never,
          bodySerializer: (body) => body as unknown as Blob,
        }),
      ) as Promise<Schemas['MessageAttachment']>,
  });

/** All templates, also those that are put away. */
export const templatesQuery = queryOptions({
  queryKey: [TEMPLATE, 'list'] as const,
  queryFn: async ({ signal }) => (await unwrap(api.GET('/api/v1/message-templates', { params: { query: { status: 'all' } }, signal }))).items,
});

export const versionsQuery = (id: string) =>
  queryOptions({
    queryKey: [TEMPLATE, 'versions', id] as const,
    queryFn: async ({ signal }) => (await unwrap(api.GET('/api/v1/message-templates/{id}/versions', { ...at(id), signal }))).items,
  });

function useTemplating<V>(work: (variables: V) => Promise<Template>) {
  const client = useQueryClient();
  return useMutation({ mutationFn: work, onSuccess: () => client.invalidateQueries({ queryKey: [TEMPLATE] }) });
}
export const useCreateTemplate = () => useTemplating(({ body, key }: { body: Schemas['NewMessageTemplate']; key: string }) => unwrap(api.POST('/api/v1/message-templates', { body, params: NEW_KEY(key) })) as Promise<Template>);
export const useChangeTemplate = () => useTemplating(({ id, body }: { id: string; body: Schemas['MessageTemplateChange'] }) => unwrap(api.PATCH('/api/v1/message-templates/{id}', { ...at(id), body })));
export const useSetTemplateArchived = () =>
  useTemplating(({ id, version, archived }: At & { archived: boolean }) => {
    const request = { ...at(id), body: { version } };
    return unwrap(archived ? api.POST('/api/v1/message-templates/{id}/archive', request) : api.POST('/api/v1/message-templates/{id}/restore', request));
  });
