import { infiniteQueryOptions, keepPreviousData, type QueryClient, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';

export type Wish = Schemas['Wish'];
/** A wish with who waits. */
export type WishItem = Schemas['WishItem'];
export type WishFields = Schemas['WishFields'];
export type WishStatus = Schemas['WishStatus'];
export type WishWindow = Schemas['WishWindow'];
export type Opening = Schemas['OpeningItem'];
export type Match = Schemas['OpeningMatch'];
export type OfferItem = Schemas['OfferItem'];
export type OfferStatus = Schemas['OfferStatus'];
export type Settings = Schemas['WaitlistSettings'];
export type Rules = Schemas['WaitlistRules'];
export type Mode = Schemas['WaitlistMode'];

const PAGE = 50;
// keys begin with the topic of the live messages about the record
const WISH = 'wish';
const OPENING = 'opening';

export type WishesAsked = { status?: WishStatus; serviceId?: string; locationId?: string; patientId?: string };

/** Who waits, those who have waited longest first. */
export const wishesQuery = (asked: WishesAsked) =>
  infiniteQueryOptions({
    queryKey: [WISH, 'list', asked] as const,
    queryFn: ({ pageParam, signal }) =>
      unwrap(api.GET('/api/v1/wishes', { params: { query: { limit: PAGE, ...asked, ...(pageParam ? { cursor: pageParam } : {}) } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });

export const wishQuery = (id: string) =>
  queryOptions({
    queryKey: [WISH, 'one', id] as const,
    queryFn: ({ signal }) => unwrap(api.GET('/api/v1/wishes/{id}', { params: { path: { id } }, signal })),
  });

/** Time that became free and nobody has yet, with whom it was offered to and who else fits. */
export const openingsQuery = (locationId?: string) =>
  queryOptions({
    queryKey: [OPENING, 'open', locationId] as const,
    queryFn: async ({ signal }) =>
      (await unwrap(api.GET('/api/v1/openings', { params: { query: { limit: PAGE, ...(locationId ? { locationId } : {}) } }, signal }))).items,
  });

export const fillRateQuery = queryOptions({
  queryKey: [OPENING, 'rate'] as const,
  queryFn: async ({ signal }) => (await unwrap(api.GET('/api/v1/waitlist/fill-rate', { signal }))).items,
});

export const settingsQuery = queryOptions({
  queryKey: ['waitlist_settings'] as const,
  queryFn: ({ signal }) => unwrap(api.GET('/api/v1/waitlist-settings', { signal })),
});

/** What a change of a wish or an opening makes untrue elsewhere. */
function refresh(client: QueryClient) {
  for (const topic of [WISH, OPENING, 'appointment']) void client.invalidateQueries({ queryKey: [topic] });
  void client.invalidateQueries({ queryKey: ['patient', 'timeline'] });
}

function useAction<V, R>(work: (variables: V) => Promise<R>) {
  const client = useQueryClient();
  return useMutation({ mutationFn: work, onSuccess: () => refresh(client) });
}

type At = { id: string; version: number };
const at = (id: string) => ({ params: { path: { id } } });

/** `key` stays the same when the same form is sent again after a lost answer, so that one wish is made, not two. */
export const useAddWish = () =>
  useAction(({ body, key }: { body: WishFields; key: string }) => unwrap(api.POST('/api/v1/wishes', { body, params: { header: { 'Idempotency-Key': key } } })));

export const useChangeWish = () =>
  useAction(({ id, body }: { id: string; body: Partial<WishFields> & { version: number } }) =>
    unwrap(api.PATCH('/api/v1/wishes/{id}', { ...at(id), body: body as Schemas['Change_WishFields'] })),
  );

export const useWithdrawWish = () => useAction(({ id, version }: At) => unwrap(api.POST('/api/v1/wishes/{id}/withdraw', { ...at(id), body: { version } })));

export const useRenewWish = () => useAction(({ id, version }: At) => unwrap(api.POST('/api/v1/wishes/{id}/renew', { ...at(id), body: { version } })));

/** Without wishes: to a wave of those who come first. */
export const useOffer = () =>
  useAction(({ id, wishIds }: { id: string; wishIds?: string[] }) => unwrap(api.POST('/api/v1/openings/{id}/offer', { ...at(id), body: wishIds ? { wishIds } : {} })));

export const useBookOpening = () =>
  useAction(({ id, wishId }: { id: string; wishId: string }) => unwrap(api.POST('/api/v1/openings/{id}/book', { ...at(id), body: { wishId } })));

export const useCloseOpening = () => useAction(({ id, version }: At) => unwrap(api.POST('/api/v1/openings/{id}/close', { ...at(id), body: { version } })));

export function useSetWaitlist() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { version: number; rules: Rules }) => unwrap(api.PUT('/api/v1/waitlist-settings', { body })),
    onSuccess: (now) => {
      client.setQueryData(settingsQuery.queryKey, now);
      void client.invalidateQueries({ queryKey: [OPENING] });
    },
  });
}
