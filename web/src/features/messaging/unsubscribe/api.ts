import { useMutation } from '@tanstack/react-query';
import { unwrap } from '@/shared/api/client';
import { publicApi } from '@/shared/api/public';

/** Where the links lead by which somebody gets no more e-mails. */
export const UNSUBSCRIBE = '/u';

export const useUnsubscribe = () => useMutation({ mutationFn: (token: string) => unwrap(publicApi.POST('/u/{token}', { params: { path: { token } } })) });
