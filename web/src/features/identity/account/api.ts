import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { sessionQuery } from '@/shared/auth/session';
import { type Account, get, type OwnSession, type Passkey, patch, post, type SecondFactors, type TotpSeed } from '../contract';
import { makePasskey } from '../webauthn';

export const accountQuery = queryOptions({
  queryKey: ['account', 'profile'] as const,
  queryFn: ({ signal }) => get<Account>('/account', { signal }),
});
export const factorsQuery = queryOptions({
  queryKey: ['account', 'factors'] as const,
  queryFn: ({ signal }) => get<SecondFactors>('/account/second-factors', { signal }),
});
export const ownSessionsQuery = queryOptions({
  queryKey: ['account', 'sessions'] as const,
  queryFn: ({ signal }) => get<{ items: OwnSession[] }>('/account/sessions', { signal }),
});

/** Has everything about the account fetched again, with the session, which says what is still demanded. */
export function useRenewAccount() {
  const client = useQueryClient();
  return async () => {
    await Promise.all([client.invalidateQueries({ queryKey: ['account'] }), client.invalidateQueries({ queryKey: sessionQuery.queryKey })]);
  };
}

export function useChangeAccount() {
  const client = useQueryClient();
  const renew = useRenewAccount();
  return useMutation({
    mutationFn: (change: { version: number; name?: string; language?: 'en' | 'ar' }) => patch<Account>('/account', change),
    onSuccess: async (account) => {
      client.setQueryData(accountQuery.queryKey, account);
      await renew();
    },
  });
}

export const useChangePassword = () => {
  const renew = useRenewAccount();
  return useMutation({ mutationFn: (body: { current: string; new: string }) => post<void>('/account/password', body), onSuccess: renew });
};

/** What is changed about the ways in; each asks for the password, in case a place was left open. */
export const factors = {
  beginTotp: (password: string) => post<TotpSeed>('/account/totp', { password }),
  confirmTotp: (code: string) => post<{ recoveryCodes: string[] }>('/account/totp/confirm', { code }),
  removeTotp: (password: string) => post<void>('/account/totp/remove', { password }),
  newCodes: (password: string) => post<{ recoveryCodes: string[] }>('/account/recovery-codes', { password }),
  removePasskey: (id: string, password: string) => post<void>(`/account/passkeys/${id}/remove`, { password }),
  async addPasskey(name: string, password: string) {
    const { challenge, options } = await post<{ challenge: string; options: PublicKeyCredentialCreationOptionsJSON }>('/account/passkeys/options', { password });
    return post<Passkey>('/account/passkeys', { challenge, name, credential: await makePasskey(options) });
  },
};

export const useEndSession = () => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => post<void>(`/account/sessions/${id}/end`),
    onSettled: () => client.invalidateQueries({ queryKey: ownSessionsQuery.queryKey }),
  });
};
