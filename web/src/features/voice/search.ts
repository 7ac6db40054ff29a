const oneOf = <V extends string>(allowed: readonly V[], value: unknown) => allowed.find((one) => one === value);
const SLUG = /^[a-z][a-z0-9_]{0,59}$/;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const SORT = /^-?(createdAt|lastCallAt|fields\.[a-z][a-z0-9_]{0,59})$/;

export const statuses = ['not_started', 'queued', 'in_call', 'completed', 'not_reached', 'failed'] as const;
export type CaseStatus = (typeof statuses)[number];
/** What the list is narrowed to; `deleted` are none of the others. */
export const views = ['all', ...statuses, 'deleted'] as const;
export type View = (typeof views)[number];

export type Sort = `${'' | '-'}${'createdAt' | 'lastCallAt' | `fields.${string}`}`;
export const usualSort: Sort = '-createdAt';

/** Which call workflow is looked at, by its slug. */
export type WorkflowSearch = { workflow?: string };
export const validateWorkflow = ({ workflow }: Record<string, unknown>): WorkflowSearch => (typeof workflow === 'string' && SLUG.test(workflow) ? { workflow } : {});

/** What of the list lives in its address. What is typed into the search box and what conditions are set to never does: it is about people. */
export type CasesSearch = WorkflowSearch & { view?: View; sort?: Sort; new?: true; import?: string };

/** Defaults stay out of the address; whatever does not fit is dropped rather than refused. */
export function validateCasesSearch(search: Record<string, unknown>): CasesSearch {
  const view = oneOf(views, search.view);
  const sort = typeof search.sort === 'string' && SORT.test(search.sort) ? (search.sort as Sort) : undefined;
  const file = typeof search.import === 'string' && (search.import === 'new' || ID.test(search.import)) ? search.import : undefined;
  return {
    ...validateWorkflow(search),
    ...(view && view !== 'all' ? { view } : {}),
    ...(sort && sort !== usualSort ? { sort } : {}),
    ...(search.new === true ? { new: true } : {}),
    ...(file ? { import: file } : {}),
  };
}

/** Clicking a column: ascending first, then the other way round. */
export const nextSort = (column: string, now: Sort): Sort => (now === column ? `-${column as 'createdAt'}` : (column as Sort));
