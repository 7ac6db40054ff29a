import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';

export type SecondFactorNeeded = { challenge: string; methods: ('totp' | 'passkey' | 'recovery_code')[] };
export type InviteLook = { practiceName: string; role: Schemas['Role']; customRole: { id: string; name: string } | null; name: string | null; email: string; needs: 'account' | 'sign_in'; language: 'en' | 'ar' };

type Loose = Record<'GET' | 'POST' | 'PATCH' | 'PUT', (path: string, options?: object) => Promise<{ data?: unknown }>>;
const loose = api as unknown as Loose;
export const get = <T>(path: string, options?: object) => unwrap(loose.GET(`/api/v1${path}`, options)) as Promise<T>;
export const post = <T>(path: string, body?: object) => unwrap(loose.POST(`/api/v1${path}`, body ? { body } : {})) as Promise<T>;
export const patch = <T>(path: string, body: object) => unwrap(loose.PATCH(`/api/v1${path}`, { body })) as Promise<T>;

export type Account = { name: string; email: string; language: 'en' | 'ar'; version: number };
export type OwnSession = {
  id: string;
  current: boolean;
  createdAt: string;
  lastActiveAt: string;
  ip: string | null;
  device: string | null;
  practice: { id: string; name: string };
  secondFactor: 'none' | 'totp' | 'passkey';
};
export type Passkey = { id: string; name: string; createdAt: string; lastUsedAt: string | null };
export type SecondFactors = { totp: { enabled: boolean; since: string } | null; recoveryCodesLeft: number; passkeys: Passkey[]; required: boolean };
export type TotpSeed = { secret: string; uri: string; qrSvg: string };
export type Security = { idleMinutes: number; requireSecondFactor: 'nobody' | 'patients' | 'everybody'; inviteHours: number; version: number };
