import type { Schemas } from '@/shared/api/problem';
import { type MessageId, useLang } from '@/shared/i18n';

export type PermissionName = Schemas['PermissionName'];
type Noun<P = PermissionName> = P extends `${infer N}.${string}` ? N : never;

/** Where people look for a right; `own` is what everybody has, because it concerns nobody but oneself. */
export const AREAS = ['patients', 'calls', 'practice', 'time', 'people', 'security', 'work', 'own'] as const;
export type Area = (typeof AREAS)[number];

// a noun that is missing here does not compile
const areaOfNoun: Record<Noun, Area> = {
  patients: 'patients',
  practice: 'practice',
  rooms: 'practice',
  services: 'practice',
  hours: 'time',
  appointments: 'time',
  waitlist: 'time',
  recalls: 'time',
  messages: 'patients',
  call_workflows: 'calls',
  cases: 'calls',
  calls: 'calls',
  staff: 'people',
  roles: 'people',
  access: 'people',
  api_keys: 'security',
  security: 'security',
  integrations: 'security',
  audit: 'security',
  support_access: 'security',
  tasks: 'work',
  workflows: 'work',
  jobs: 'work',
  session: 'own',
  account: 'own',
  notices: 'own',
};

/** A server that is newer than this page may know rights that the page has no words for. */
export const areaOf = (name: PermissionName): Area => areaOfNoun[name.slice(0, name.indexOf('.')) as Noun] ?? 'work';

export type Grouped = { area: Area; names: PermissionName[] }[];

/** Rights by area, in the order of the areas; within one as they came. Areas without any are left out. */
export const byArea = (names: readonly PermissionName[]): Grouped =>
  AREAS.map((area) => ({ area, names: names.filter((name) => areaOf(name) === area) })).filter((group) => group.names.length > 0);

/** What somebody gets and loses when `before` becomes `after`. */
export const difference = (before: readonly PermissionName[], after: readonly PermissionName[]) => ({
  added: after.filter((name) => !before.includes(name)),
  removed: before.filter((name) => !after.includes(name)),
});

/** What a right lets somebody do, in words. There are words for each name that the server's document lists. */
export function usePermissionWords() {
  const { t, lookup } = useLang();
  const say = (name: PermissionName) => lookup(`permission.${name}` satisfies MessageId) ?? name;
  return {
    say,
    sayAll: (names: readonly PermissionName[]) => names.map(say).join(' · '),
    sayArea: (area: Area) => t(`permission.area.${area}`),
  };
}
