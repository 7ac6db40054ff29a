import { api, unwrap } from '@/shared/api/client';

type Call = (path: string, init?: object) => Promise<{ data?: unknown }>;
const raw = api as unknown as Record<'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE', Call>;

export const call = <T>(method: keyof typeof raw, path: string, init: object = {}) => unwrap(raw[method](`/api/v1${path}`, init)) as Promise<T>;
