import { api } from '@/shared/api/client';

type Init = { body?: unknown; params?: { path?: object; query?: object; header?: object }; signal?: AbortSignal; parseAs?: 'blob'; headers?: Record<string, string>; bodySerializer?: (body: unknown) => BodyInit };
type Call = <T>(path: string, init?: Init) => Promise<{ data?: T }>;
/** The client, for operations that the document does not have yet. */
export const voice = api as unknown as Record<'GET' | 'POST' | 'PATCH', Call>;
