import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';
import { sessionQuery } from '@/shared/auth/session';
import { makePasskey } from '../webauthn';

export type Account = Schemas['Account'];
export type OwnSession = Schemas['OwnSession'];
export type Passkey = Schemas['Passkey'];
export type SecondFactors = Schemas['SecondFactors'];
export type TotpSeed = Schemas['TotpSeed'];

export const accountQuery = queryOptions({
  queryKey: ['account', 'profile'] as const,
  queryFn: ({ signal }) => unwrap(api.GET('/api/v1/account', { signal })),
});
export const factorsQuery = queryOptions({
  queryKey: ['account', 'factors'] as const,
  queryFn: ({ signal }) => unwrap(api.GET('/api/v1/account/second-factors', { signal })),
});
export const ownSessionsQuery = queryOptions({
  queryKey: ['account', 'sessions'] as const,
  queryFn: ({ signal }) => unwrap(api.GET('/api/v1/account/sessions', { signal })),
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
    mutationFn: (body: Schemas['AccountChange']) => unwrap(api.PATCH('/api/v1/account', { body })),
    onSuccess: async (account) => {
      client.setQueryData(accountQuery.queryKey, account);
      await renew();
    },
  });
}

export const useChangePassword = () => {
  const renew = useRenewAccount();
  return useMutation({ mutationFn: (body: Schemas['PasswordChange']) => unwrap(api.POST('/api/v1/account/password', { body })), onSuccess: renew });
};

/** What is changed about the ways in; each asks for the password, in case a place was left open. */
export const factors = {
  beginTotp: (password: string) => unwrap(api.POST('/api/v1/account/totp', { body: { password } })),
  confirmTotp: (code: string) => unwrap(api.POST('/api/v1/account/totp/confirm', { body: { code } })),
  removeTotp: (password: string) => unwrap(api.POST('/api/v1/account/totp/remove', { body: { password } })),
  newCodes: (password: string) => unwrap(api.POST('/api/v1/account/recovery-codes', { body: { password } })),
  removePasskey: (id: string, password: string) =>
    unwrap(api.POST('/api/v1/account/passkeys/{id}/remove', { params: { path: { id } }, body: { password } })),
  async addPasskey(name: string, password: string) {
    const { challenge, options } = await unwrap(api.POST('/api/v1/account/passkeys/options', { body: { password } }));
    // the document calls it an object; the standard says which
    const credential = await makePasskey(options as object as PublicKeyCredentialCreationOptionsJSON);
    return unwrap(api.POST('/api/v1/account/passkeys', { body: { challenge, name, credential } }));
  },
};

export const useEndSession = () => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => unwrap(api.POST('/api/v1/account/sessions/{id}/end', { params: { path: { id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: ownSessionsQuery.queryKey }),
  });
};
