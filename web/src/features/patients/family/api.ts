import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';

/** What is entered; a request may leave members out, an answer never does. */
export type RelativeFields = Required<Schemas['RelativeFields']>;
export type Relative = RelativeFields & Omit<Schemas['Relative'], keyof RelativeFields>;
export type FamilyMember = Omit<Schemas['FamilyMember'], 'relative'> & { relative: Relative };
export type Relationship = Schemas['Relationship'];

// keys begin with the topic of the live messages about relatives
const RELATIVE = 'relative';
// the document cannot say that an answer has every member
const whole = (answer: Promise<Schemas['Relative']>) => answer as Promise<Relative>;

/** The family of a patient, from both sides. */
export const familyQuery = (patient: string) =>
  queryOptions({
    queryKey: [RELATIVE, 'of', patient] as const,
    queryFn: async ({ signal }) => (await unwrap(api.GET('/api/v1/patients/{id}/relatives', { params: { path: { id: patient } }, signal }))).items as FamilyMember[],
  });

function useStale() {
  const client = useQueryClient();
  return () => {
    for (const queryKey of [[RELATIVE], ['patient', 'timeline']]) void client.invalidateQueries({ queryKey });
  };
}

/** `key` stays the same when the same form is sent again after a lost answer, so that one relative is made, not two. */
export function useAddRelative(patient: string) {
  const onSuccess = useStale();
  return useMutation({
    mutationFn: ({ body, key }: { body: Partial<RelativeFields>; key: string }) =>
      whole(unwrap(api.POST('/api/v1/patients/{id}/relatives', { body: body as Schemas['RelativeFields'], params: { path: { id: patient }, header: { 'Idempotency-Key': key } } }))),
    onSuccess,
  });
}

export function useChangeRelative() {
  const onSuccess = useStale();
  return useMutation({
    mutationFn: ({ id, body }: { id: string; body: Partial<RelativeFields> & { version: number } }) =>
      whole(unwrap(api.PATCH('/api/v1/relatives/{id}', { body: body as Schemas['Change_RelativeFields'], params: { path: { id } } }))),
    onSuccess,
  });
}

/** Removes, or takes that back. */
export function useSetRemoved() {
  const stale = useStale();
  return async ({ id, version }: Pick<Relative, 'id' | 'version'>, removed: boolean): Promise<Relative> => {
    const request = { params: { path: { id } }, body: { version } };
    try {
      return await whole(unwrap(removed ? api.POST('/api/v1/relatives/{id}/delete', request) : api.POST('/api/v1/relatives/{id}/restore', request)));
    } finally {
      stale();
    }
  };
}
