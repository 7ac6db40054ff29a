import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { rolesQuery } from '@/features/identity/roles/api';
import { templatesQuery } from '@/features/messaging/api';
import { nameOf as templateName } from '@/features/messaging/templates/draft';
import { tags as tagKind } from '@/features/patients/api';
import { customFields } from '@/features/patients/fields/api';
import { locations } from '@/features/practice/locations/api';
import { peopleQuery } from '@/features/practice/people';
import { providersQuery, serviceNamesQuery } from '@/features/practice/providers/api';
import { rooms } from '@/features/practice/rooms/api';
import { namesOf } from '@/features/practice/services/labels';
import { settingsQuery } from '@/features/scheduling/api';
import { endpointsQuery } from '@/features/webhooks/api';
import { useCan } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { localName } from '@/shared/names';

export type Choice = { value: string; label: string };
/** What is `past` keeps its name and is chosen no more. */
type Entry = Choice & { past?: boolean };
/** Lists that are this long may know of some only. */
const MOST_KNOWN = 200;
/** What something that a `ref` leads to is called; null when it is no longer there, undefined while that is not known. */
export type NameOf = (of: string, id: string) => string | null | undefined;

/** What there is to choose from for each kind of thing that fields lead to, and what each of them is called. */
export function useRefs() {
  const { t, lang, lookup } = useLang();
  const can = useCan();
  const services = useQuery({ ...serviceNamesQuery, enabled: can('services.read') }).data;
  const places = useQuery({ ...locations.listQuery, enabled: can('practice.read') }).data;
  const providers = useQuery({ ...providersQuery, enabled: can('practice.read') }).data;
  const people = useQuery({ ...peopleQuery, enabled: can('staff.read') }).data;
  const chairs = useQuery({ ...rooms.listQuery, enabled: can('rooms.read') }).data;
  const tags = useQuery({ ...tagKind.listQuery, enabled: can('patients.read') }).data;
  const fields = useQuery({ ...customFields.listQuery, enabled: can('patients.read') }).data;
  const rules = useQuery({ ...settingsQuery, enabled: can('appointments.read') }).data;
  const templates = useQuery({ ...templatesQuery, enabled: can('messages.read') }).data;
  const endpoints = useQuery({ ...endpointsQuery, refetchInterval: false, enabled: can('integrations.read') }).data;
  const roles = useQuery({ ...rolesQuery, enabled: can('roles.read') }).data;

  return useMemo(() => {
    const members = people?.map((one): Entry => ({ value: one.id, label: one.name, past: one.status !== 'active' }));
    const seen = new Set(providers?.map(({ id }) => id));
    // these are known by a key, as records keep them
    const custom = fields?.map((one): Entry => ({ value: one.key, label: localName(one, lang), past: !!one.archivedAt }));
    const reasons = rules?.reasons.map((one): Entry => ({ value: one.key, label: namesOf(one, lang).name, past: one.archived }));
    const known: Record<string, Entry[] | undefined> = {
      service: services?.map((one) => ({ value: one.id, label: namesOf(one, lang).name })),
      location: places?.map((one) => ({ value: one.id, label: localName(one, lang), past: !!one.archivedAt })),
      room: chairs?.map((one) => ({ value: one.id, label: localName(one, lang), past: !!one.archivedAt })),
      tag: tags?.map((one) => ({ value: one.id, label: one.name })),
      member: members,
      provider: providers && members?.filter(({ value }) => seen.has(value)),
      role: roles && [...roles.builtIn.map(({ role }) => ({ value: role as string, label: t(`role.${role}`) })), ...roles.custom.map((one) => ({ value: one.id, label: one.name }))],
      patientField: custom,
      cancelReason: reasons,
      template: templates?.map((one) => ({ value: one.id, label: templateName({ lookup }, one), past: !!one.archivedAt })),
      webhook_endpoint: endpoints?.map((one) => ({ value: one.id, label: one.description ?? one.url })),
    };
    const alias: Record<string, string> = { staff: 'member', user: 'member', person: 'member' };
    const all = (of: string): Entry[] | undefined => known[alias[of] ?? of];
    const choicesOf = (of: string): Choice[] | undefined => all(of)?.filter(({ past }) => !past);
    const nameOf: NameOf = (of, id) => {
      const entries = all(of);
      return entries && (entries.find((one) => one.value === id)?.label ?? (entries.length < MOST_KNOWN ? null : undefined));
    };
    return { choicesOf, nameOf, knows: (of: string) => (alias[of] ?? of) in known };
  }, [services, places, providers, people, chairs, tags, fields, rules, roles, templates, endpoints, lang, lookup, t]);
}
