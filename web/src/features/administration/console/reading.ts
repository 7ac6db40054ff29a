import { infiniteQueryOptions } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import { KEY, type OpenAccess } from './api';

export type Fields = Record<string, unknown>;

/** What an access shows: the practice's own lists, as its own API answers them. `columns` are names of fields. */
export const resources = {
  practice: { path: '/api/v1/practice', query: {}, columns: [] },
  locations: { path: '/api/v1/locations', query: {}, columns: ['status', 'updatedAt'] },
  rooms: { path: '/api/v1/rooms', query: {}, columns: ['kind', 'status'] },
  hours: { path: '/api/v1/hours', query: { owner: 'practice' }, columns: [] },
  closingDays: { path: '/api/v1/closing-days', query: {}, columns: ['date', 'repeats'] },
  absences: { path: '/api/v1/absences', query: {}, columns: ['kind', 'from', 'to'] },
  services: { path: '/api/v1/services', query: {}, columns: ['code', 'durationMinutes', 'status'] },
  providers: { path: '/api/v1/providers', query: {}, columns: ['bookable'] },
  staff: { path: '/api/v1/staff', query: {}, columns: ['role', 'status'] },
  roles: { path: '/api/v1/roles', query: {}, columns: ['basedOn'] },
  support: { path: '/api/v1/support-access', query: {}, columns: ['openedAt', 'open'] },
} as const satisfies Record<string, { path: string; query: Record<string, string>; columns: readonly string[] }>;
export type Resource = keyof typeof resources;
export const isResource = (value: unknown): value is Resource => typeof value === 'string' && value in resources;

type Page = { records: Fields[]; nextCursor: string | null; whole: boolean };

/** A list gives its items, anything else itself. */
export function pageOf(body: Fields): Page {
  const { items, nextCursor } = body;
  if (Array.isArray(items)) return { records: items as Fields[], nextCursor: typeof nextCursor === 'string' ? nextCursor : null, whole: false };
  return { records: [body], nextCursor: null, whole: true };
}

/** Each page that is read is an entry of the practice's ledger, so nothing is read a second time by itself. */
export const readingQuery = (access: OpenAccess, resource: Resource) =>
  infiniteQueryOptions({
    queryKey: [KEY, 'reading', access.id, resource] as const,
    queryFn: async ({ pageParam, signal }) => {
      const { path, query } = resources[resource];
      const asked = { params: { query: { ...query, ...(pageParam ? { cursor: pageParam } : {}) } }, headers: { 'X-Vantage-Grant': access.id }, signal };
      // one of the paths above; they differ in what they answer, and all of it is shown alike
      return pageOf((await unwrap(api.GET(path as '/api/v1/services', asked as never))) as unknown as Fields);
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });

const isRecord = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** `price: { amountMinor: 100 }` → `price.amountMinor`, `100`; lists of records by their place. */
export function flatten(value: unknown, at = ''): [string, string][] {
  const under = (name: string) => (at ? `${at}.${name}` : name);
  if (isRecord(value)) return Object.entries(value).flatMap(([name, part]) => flatten(part, under(name)));
  if (Array.isArray(value) && value.some(isRecord)) return value.flatMap((part, n) => flatten(part, under(String(n + 1))));
  if (Array.isArray(value)) return [[at, value.map(String).join(', ')]];
  return [[at, value === null || value === undefined ? '' : String(value)]];
}

const NAMES = ['name', 'nameEn', 'displayName', 'title', 'reason', 'kind', 'id'] as const;
/** What a record is called, by whichever of these fields it has. */
export function nameOf(record: Fields): string {
  for (const field of NAMES) {
    const value = record[field];
    if (typeof value === 'string' && value) return value;
  }
  return '–';
}
