import type { Filter } from '@/shared/filter/filter';
import type { PatientStatus, Shown } from './api';

export const views = ['active', 'leads', 'inactive', 'all', 'deleted'] as const;
export type View = (typeof views)[number];
export const columns = ['name', 'number', 'birthDate', 'updatedAt'] as const;
export type Column = (typeof columns)[number];
export type Sort = Column | `-${Column}`;
const sorts: readonly Sort[] = columns.flatMap((column) => [column, `-${column}`] as const);

/**
 * What of the list lives in its address: `view` is a built-in list or the id of a saved one. What is typed into the search
 * box and what conditions are set to never does: it is about people.
 */
export type PatientsSearch = PeekSearch & { view?: string; sort?: Sort; tags?: string[]; new?: boolean };

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whom the drawer over a list shows, by id. */
export type PeekSearch = { peek?: string };
export const validatePeek = ({ peek }: Record<string, unknown>): PeekSearch => (typeof peek === 'string' && ID.test(peek) ? { peek } : {});

const oneOf = <V extends string>(allowed: readonly V[], value: unknown) => allowed.find((v) => v === value);

/** Defaults stay out of the address; whatever does not fit is dropped rather than refused. */
export function validatePatientsSearch(search: Record<string, unknown>): PatientsSearch {
  const view = oneOf(views, search.view) ?? (typeof search.view === 'string' && ID.test(search.view) ? search.view : undefined);
  const builtIn = !view || oneOf(views, view);
  const sort = oneOf(sorts, search.sort);
  const tags = Array.isArray(search.tags) ? search.tags.filter((id): id is string => typeof id === 'string' && ID.test(id)) : [];
  return {
    ...(view && view !== 'active' ? { view } : {}),
    // a saved view has an order of its own
    ...(sort && !(builtIn && sort === 'name') ? { sort } : {}),
    ...(tags.length ? { tags } : {}),
    ...(search.new === true ? { new: true } : {}),
    ...validatePeek(search),
  };
}

/** What the activity can be narrowed to. */
export const activities = ['all', 'notes', 'changes', 'tasks'] as const satisfies readonly Shown[];
export type Activities = (typeof activities)[number];
/** Kinds of things that have a part of the record to themselves. */
export const events = ['calls', 'files'] as const satisfies readonly Shown[];
export type Events = (typeof events)[number];
/** Parts of a record besides the overview, in their order. */
export const tabs = ['activity', 'appointments', 'messages', 'calls', 'insurance', 'files'] as const;
export type Tab = (typeof tabs)[number];
/** `policy`: whose form is open, or a new one's; `appointment`: which one is open over the record; `write`: a message is being written. */
export type PatientSearch = { tab?: Tab; show?: Exclude<Activities, 'all'>; edit?: boolean; policy?: string; appointment?: string; write?: boolean };

export function validatePatientSearch(search: Record<string, unknown>): PatientSearch {
  const show = oneOf(['notes', 'changes', 'tasks'] as const, search.show);
  const tab = oneOf(tabs, search.tab);
  const { policy, appointment } = search;
  return {
    ...(tab ? { tab } : {}),
    ...(show ? { show } : {}),
    ...(search.edit === true ? { edit: true } : {}),
    ...(tab === 'insurance' && typeof policy === 'string' && (policy === 'new' || ID.test(policy)) ? { policy } : {}),
    ...(tab === 'messages' && search.write === true ? { write: true } : {}),
    ...(typeof appointment === 'string' && ID.test(appointment) ? { appointment } : {}),
  };
}

/** For how many days it counts that a policy was verified. */
export const spans = [7, 30, 90];
export const usualSpan = 30;
export type WorklistSearch = PeekSearch & { days?: number };

export function validateWorklistSearch(search: Record<string, unknown>): WorklistSearch {
  const days = spans.find((span) => span === search.days);
  return { ...(days && days !== usualSpan ? { days } : {}), ...validatePeek(search) };
}

const statusesOf: Partial<Record<View, PatientStatus[]>> = { active: ['active'], leads: ['lead'], inactive: ['inactive', 'deceased'] };

/** Whom a built-in list is about, in the product's filter grammar. */
function builtInFilter(view: View): Filter | undefined {
  const statuses = statusesOf[view];
  return statuses ? { field: 'status', op: 'in', value: statuses } : undefined;
}

/** A built-in list, further conditions and chosen tags together. */
export function conditionOf(builtIn: View | undefined, filter: Filter | undefined, tags: string[]): Filter | undefined {
  const base = builtIn && builtInFilter(builtIn);
  const tagged: Filter | undefined = tags.length ? { any: tags.map((value) => ({ field: 'tag', op: 'eq', value })) } : undefined;
  const all = [base, filter, tagged].filter((part) => part !== undefined);
  return all.length > 1 ? { all } : all[0];
}

/** Clicking a column: ascending first, then the other way round. */
export const nextSort = (column: Column, now: Sort): Sort => (now === column ? `-${column}` : column);
