import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';

export type Endpoint = Schemas['WebhookEndpoint'];
export type NewEndpoint = Schemas['NewWebhookEndpoint'];
export type EndpointChange = Schemas['WebhookEndpointChange'];
export type Area = Schemas['WebhookArea'];
export type Delivery = Schemas['WebhookDelivery'];
export type DeliveryState = Schemas['WebhookDeliveryState'];

// begins with the topic of the live messages about endpoints
const KEY = 'webhook_endpoint';
const DELIVERIES = 'webhook_delivery';
/** How often the log is looked at again while something waits: deliveries come and go without live messages. */
const LOOK_MS = 2_000;
const LOOK_SELDOM_MS = 15_000;
const STANDING_MS = 5_000;

export const endpointsQuery = queryOptions({
  queryKey: [KEY, 'list'] as const,
  queryFn: async ({ signal }) => (await unwrap(api.GET('/api/v1/webhook-endpoints', { signal }))).items,
  // that one fails, or is well again, is no change of ours, so nothing is said of it
  refetchInterval: STANDING_MS,
});

export const eventsQuery = queryOptions({
  queryKey: ['webhook_events'] as const,
  queryFn: async ({ signal }) => (await unwrap(api.GET('/api/v1/webhook-events', { signal }))).areas,
  staleTime: Infinity,
});

export const deliveriesQuery = (id: string, state: DeliveryState | undefined) =>
  infiniteQueryOptions({
    queryKey: [DELIVERIES, 'list', id, state] as const,
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET('/api/v1/webhook-endpoints/{id}/deliveries', {
          params: { path: { id }, query: { limit: 25, ...(state ? { state } : {}), ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    refetchInterval: (query) => (query.state.data?.pages[0]?.items.some((one) => one.state === 'pending') ? LOOK_MS : LOOK_SELDOM_MS),
  });

export const deliveryQuery = (delivery: Delivery) =>
  queryOptions({
    // anew with each try
    queryKey: [DELIVERIES, 'one', delivery.id, delivery.state, delivery.attempts] as const,
    queryFn: ({ signal }) => unwrap(api.GET('/api/v1/webhook-deliveries/{id}', { params: { path: { id: delivery.id } }, signal })),
  });

function useRefreshing<V, R>(work: (variables: V) => Promise<R>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: work,
    onSettled: () => {
      for (const topic of [KEY, DELIVERIES]) void client.invalidateQueries({ queryKey: [topic] });
    },
  });
}

/** `key` stays the same when the same form is sent again after a lost answer, so that one endpoint is made, not two. */
export const useCreateEndpoint = () =>
  useRefreshing(({ body, key }: { body: NewEndpoint; key: string }) =>
    unwrap(api.POST('/api/v1/webhook-endpoints', { body, params: { header: { 'Idempotency-Key': key } } })),
  );
export const useChangeEndpoint = () =>
  useRefreshing(({ id, body }: { id: string; body: EndpointChange }) => unwrap(api.PATCH('/api/v1/webhook-endpoints/{id}', { params: { path: { id } }, body })));

type At = Pick<Endpoint, 'id' | 'version'>;
const at = ({ id, version }: At) => ({ params: { path: { id } }, body: { version } });
export const useEnable = () => useRefreshing((of: At) => unwrap(api.POST('/api/v1/webhook-endpoints/{id}/enable', at(of))));
export const useDisable = () => useRefreshing((of: At) => unwrap(api.POST('/api/v1/webhook-endpoints/{id}/disable', at(of))));
export const useDelete = () => useRefreshing((of: At) => unwrap(api.POST('/api/v1/webhook-endpoints/{id}/delete', at(of))));
export const useRotate = () => useRefreshing((of: At) => unwrap(api.POST('/api/v1/webhook-endpoints/{id}/rotate-secret', at(of))));

export const useSendTest = () => useRefreshing((id: string) => unwrap(api.POST('/api/v1/webhook-endpoints/{id}/test', { params: { path: { id } } })));
export const useReplay = () => useRefreshing((id: string) => unwrap(api.POST('/api/v1/webhook-deliveries/{id}/replay', { params: { path: { id } } })));
export const useReplayFailed = () =>
  useRefreshing(({ id, since }: { id: string; since: string }) => unwrap(api.POST('/api/v1/webhook-endpoints/{id}/replay', { params: { path: { id } }, body: { since } })));
