import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';
import type { StepKey } from './steps';

export type Onboarding = Schemas['Onboarding'];

/** What is done shows in other records, so it is asked for whenever it is looked at. */
export const onboardingQuery = queryOptions({
  queryKey: ['onboarding'] as const,
  queryFn: ({ signal }) => unwrap(api.GET('/api/v1/onboarding', { signal })),
  staleTime: 0,
});

function useKeep() {
  const client = useQueryClient();
  return (onboarding: Onboarding) => client.setQueryData(onboardingQuery.queryKey, onboarding);
}

/** To be called after something was made that a step asks for. */
export function useAskAgain() {
  const client = useQueryClient();
  return () => void client.invalidateQueries({ queryKey: onboardingQuery.queryKey });
}

export const useSkip = () =>
  useMutation({
    mutationFn: (key: StepKey) => unwrap(api.POST('/api/v1/onboarding/{key}/skip', { params: { path: { key } } })),
    onSuccess: useKeep(),
  });

export const useSecuritySeen = () =>
  useMutation({ mutationFn: () => unwrap(api.POST('/api/v1/onboarding/security/seen')), onSuccess: useKeep() });

export const useFinish = () => useMutation({ mutationFn: () => unwrap(api.POST('/api/v1/onboarding/finish')), onSuccess: useKeep() });
