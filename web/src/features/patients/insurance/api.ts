import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';

/** What is entered; a request may leave members out, an answer never does. */
export type PolicyFields = Required<Schemas['PolicyFields']>;
export type Policy = PolicyFields & Omit<Schemas['Policy'], keyof PolicyFields>;
export type Unverified = Schemas['UnverifiedPolicy'];
export type Eligibility = Schemas['Eligibility'];

// keys begin with the topic of the live messages about policies
const POLICY = 'policy';
const ROWS = 30;
// the document cannot say that an answer has every member
const whole = (answer: Promise<Schemas['Policy']>) => answer as Promise<Policy>;
const NEW_KEY = (key: string) => ({ header: { 'Idempotency-Key': key } });

/** The policies of a patient in the order in which they pay. */
export const policiesQuery = (patient: string) =>
  queryOptions({
    queryKey: [POLICY, 'of', patient] as const,
    queryFn: async ({ signal }) => (await unwrap(api.GET('/api/v1/patients/{id}/policies', { params: { path: { id: patient } }, signal }))).items as Policy[],
  });

/** Policies in force that nobody has found to pay within so many days, those that have waited longest first. */
export const unverifiedQuery = (days: number) =>
  infiniteQueryOptions({
    queryKey: [POLICY, 'unverified', days] as const,
    queryFn: ({ pageParam, signal }) =>
      unwrap(api.GET('/api/v1/policies/unverified', { params: { query: { days, limit: ROWS, ...(pageParam ? { cursor: pageParam } : {}) } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });

/** Has everything fetched again that shows policies. */
function useStale() {
  const client = useQueryClient();
  return () => {
    for (const queryKey of [[POLICY], ['patient', 'timeline'], ['patient', 'list']]) void client.invalidateQueries({ queryKey });
  };
}

/** `key` stays the same when the same form is sent again after a lost answer, so that one policy is made, not two. */
export function useAddPolicy(patient: string) {
  const onSuccess = useStale();
  return useMutation({
    mutationFn: ({ body, key }: { body: Partial<PolicyFields>; key: string }) =>
      whole(unwrap(api.POST('/api/v1/patients/{id}/policies', { body: body as Schemas['PolicyFields'], params: { path: { id: patient }, ...NEW_KEY(key) } }))),
    onSuccess,
  });
}

export function useChangePolicy() {
  const onSuccess = useStale();
  return useMutation({
    mutationFn: ({ id, body }: { id: string; body: Partial<PolicyFields> & { version: number } }) =>
      whole(unwrap(api.PATCH('/api/v1/policies/{id}', { body: body as Schemas['Change_PolicyFields'], params: { path: { id } } }))),
    onSuccess,
  });
}

type At = Pick<Policy, 'id' | 'version'>;

/** Writes down what the company said. Also after a refusal it is looked again at what there is now. */
export function useVerifyPolicy() {
  const onSettled = useStale();
  return useMutation({
    mutationFn: ({ id, version, eligibility }: At & { eligibility: Eligibility }) =>
      whole(unwrap(api.POST('/api/v1/policies/{id}/verify', { body: { version, eligibility }, params: { path: { id } } }))),
    onSettled,
  });
}

/** Removes, or takes that back. */
export function useSetRemoved() {
  const stale = useStale();
  return async ({ id, version }: At, removed: boolean): Promise<Policy> => {
    const request = { params: { path: { id } }, body: { version } };
    try {
      return await whole(unwrap(removed ? api.POST('/api/v1/policies/{id}/delete', request) : api.POST('/api/v1/policies/{id}/restore', request)));
    } finally {
      stale();
    }
  };
}
