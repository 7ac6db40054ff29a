import { QueryClient } from '@tanstack/react-query';
import { ApiProblem, ConnectionLost } from '@/shared/api/problem';

/** Refusals are final; a lost connection is waited for elsewhere, by one prober for the whole page. */
const retry = (failures: number, error: Error) => failures < 2 && !(error instanceof ApiProblem) && !(error instanceof ConnectionLost);

export const queryClient = new QueryClient({
  defaultOptions: {
    // the browser's own idea of being online is unreliable: every request finds out for itself
    queries: { staleTime: 15_000, retry, networkMode: 'always' },
    mutations: { networkMode: 'always' },
  },
});
