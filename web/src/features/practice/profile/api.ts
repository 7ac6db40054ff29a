import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import { hasCode, type Schemas } from '@/shared/api/problem';
import { sessionQuery } from '@/shared/auth/session';

export type Practice = Schemas['Practice'];
export type PracticeChange = Schemas['PracticeChange'];

const KEY = 'practice';

export const practiceQuery = queryOptions({
  queryKey: [KEY, 'profile'] as const,
  queryFn: ({ signal }) => unwrap(api.GET('/api/v1/practice', { signal })),
});

/** Name, zone and currency are part of the session too, and of what is calculated from them. */
function useKeep() {
  const client = useQueryClient();
  return (practice: Practice) => {
    client.setQueryData(practiceQuery.queryKey, practice);
    for (const queryKey of [sessionQuery.queryKey, ['hours'], ['closing_day'], ['onboarding']]) void client.invalidateQueries({ queryKey });
  };
}

export const useChangePractice = () =>
  useMutation({ mutationFn: (body: PracticeChange) => unwrap(api.PATCH('/api/v1/practice', { body })), onSuccess: useKeep() });

/** Whether another practice has the address. The server has the last word when it is saved. */
export const slugTakenQuery = (slug: string) =>
  queryOptions({
    queryKey: [KEY, 'slug', slug] as const,
    queryFn: async ({ signal }) => {
      try {
        await unwrap(api.GET('/api/v1/auth/practice', { params: { query: { slug } }, signal }));
        return true;
      } catch (error) {
        if (hasCode(error, 'not_found')) return false;
        throw error;
      }
    },
    staleTime: 10_000,
  });

/** The browser may keep the picture; the tag makes it ask for another one when it was changed. */
export const logoAddress = (tag: string) => `/api/v1/practice/logo?tag=${encodeURIComponent(tag)}`;

export function useLogo() {
  const keep = useKeep();
  const set = useMutation({
    mutationFn: (picture: Blob) =>
      unwrap(
        api.PUT('/api/v1/practice/logo', {
          // the document has no type for bytes
          body: picture as never,
          bodySerializer: (body) => body as unknown as Blob,
          headers: { 'Content-Type': picture.type },
        }),
      ),
    onSuccess: keep,
  });
  const remove = useMutation({ mutationFn: () => unwrap(api.DELETE('/api/v1/practice/logo')), onSuccess: keep });
  const fetchPicture = async () => (await unwrap(api.GET('/api/v1/practice/logo', { parseAs: 'blob' }))) as unknown as Blob;
  return { set, remove, fetchPicture };
}
