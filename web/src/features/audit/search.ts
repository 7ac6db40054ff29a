export const outcomes = ['ok', 'denied', 'error'] as const;
export type Outcome = (typeof outcomes)[number];
/** What one looks for most; other words can still come in an address. */
export const actions = ['create', 'read', 'update', 'archive', 'login', 'logout', 'export', 'download', 'denied'] as const;
export const resources = ['patient', 'service', 'session', 'user', 'membership', 'practice', 'location', 'room', 'ledger'] as const;

/** What of the ledger's page lives in its address. Days are the practice's, both included. */
export type AuditSearch = {
  action?: string;
  resource?: string;
  /** Number of the record; with the kind `patient` that patient's. */
  record?: string;
  outcome?: Outcome;
  who?: string;
  from?: string;
  to?: string;
  entry?: string;
};

/** What of it chooses entries. */
export const filters = ['action', 'resource', 'record', 'outcome', 'who', 'from', 'to'] as const;

const word = (value: unknown) => (typeof value === 'string' && /^[a-z_]{1,60}$/.test(value) ? value : undefined);
export const isId = (value: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);
const id = (value: unknown) => (typeof value === 'string' && isId(value) ? value : undefined);
const day = (value: unknown) => (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : undefined);

/** Whatever does not fit is dropped rather than refused. */
export function validateAuditSearch(search: Record<string, unknown>): AuditSearch {
  const found = {
    action: word(search.action),
    resource: word(search.resource),
    record: id(search.record),
    outcome: outcomes.find((value) => value === search.outcome),
    who: id(search.who),
    from: day(search.from),
    to: day(search.to),
    entry: id(search.entry),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value)) as AuditSearch;
}

/** How far the zone is ahead of UTC at that instant, in milliseconds. */
function offset(timeZone: string, at: number) {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric',
  }).formatToParts(at);
  const part = (type: string) => Number(parts.find((p) => p.type === type)?.value);
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) - Math.floor(at / 1000) * 1000;
}

/** The instant at which a day begins in the zone; `days` later for its end. */
export function dayBegins(timeZone: string, date: string, days = 0) {
  const local = Date.parse(`${date}T00:00:00Z`) + days * 86_400_000;
  const guess = local - offset(timeZone, local);
  // the offset may change between the two
  return new Date(local - offset(timeZone, guess)).toISOString();
}

/** The filter as the server takes it. */
export function filterOf({ action, resource, record, outcome, who, from, to }: AuditSearch, timeZone: string) {
  return {
    ...(action ? { action } : {}),
    ...(record && resource === 'patient' ? { patient: record } : { ...(resource ? { resource } : {}), ...(record ? { resourceId: record } : {}) }),
    ...(outcome ? { outcome } : {}),
    ...(who ? { who } : {}),
    ...(from ? { from: dayBegins(timeZone, from) } : {}),
    ...(to ? { to: dayBegins(timeZone, to, 1) } : {}),
  };
}

/** Of a patient alone everything is asked for: what was done to any of their records, and lists that they were on. */
export const patientOf = (search: AuditSearch) =>
  search.resource === 'patient' && filters.every((name) => name === 'resource' || name === 'record' || !search[name]) ? search.record : undefined;
