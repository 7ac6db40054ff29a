export const tabs = ['mine', 'open', 'overdue', 'done'] as const;
export type Tab = (typeof tabs)[number];

/** What of the list lives in its address: a tab, whose tasks by id, which one is open; never what they say. */
export type TasksSearch = { tab?: Exclude<Tab, 'mine'>; who?: string; task?: string; new?: boolean };

const ID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const TASK = new RegExp(`^${ID}$`);
const WHO = new RegExp(`^(nobody|role:[a-z]+|(person|own_role):${ID})$`);

/** Defaults stay out of the address; whatever does not fit is dropped rather than refused. */
export function validateTasksSearch(search: Record<string, unknown>): TasksSearch {
  const tab = tabs.find((one) => one === search.tab);
  const text = (value: unknown, form: RegExp) => (typeof value === 'string' && form.test(value) ? value : undefined);
  const [who, task] = [text(search.who, WHO), text(search.task, TASK)];
  return { ...(tab && tab !== 'mine' ? { tab } : {}), ...(who && tab && tab !== 'mine' ? { who } : {}), ...(task ? { task } : {}), ...(search.new === true ? { new: true } : {}) };
}
