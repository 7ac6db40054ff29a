import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';

export type Session = Schemas['Session'] & {
  customRole?: { id: string; name: string } | null;
  practice: Schemas['SessionPractice'] & { idleMinutes?: number };
  secondFactor?: 'none' | 'totp' | 'passkey';
  mustEnrol?: boolean;
  enrolBy?: string | null;
  memberships?: { practiceId: string; name: string; slug: string; role: Schemas['Role'] }[];
};
export type SecondFactorNeeded = { challenge: string; methods: ('totp' | 'passkey' | 'recovery_code')[] };
export type PracticeFace = { name: string; slug: string; language: 'en' | 'ar'; hasLogo: boolean };
export type InviteLook = { practiceName: string; role: Schemas['Role']; email: string; needs: 'account' | 'sign_in'; language: 'en' | 'ar' };

type Loose = Record<'GET' | 'POST' | 'PATCH' | 'PUT', (path: string, options?: object) => Promise<{ data?: unknown }>>;
const loose = api as unknown as Loose;
export const get = <T>(path: string, options?: object) => unwrap(loose.GET(`/api/v1${path}`, options)) as Promise<T>;
export const post = <T>(path: string, body?: object) => unwrap(loose.POST(`/api/v1${path}`, body ? { body } : {})) as Promise<T>;
export const patch = <T>(path: string, body: object) => unwrap(loose.PATCH(`/api/v1${path}`, { body })) as Promise<T>;
