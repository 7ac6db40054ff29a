import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { rolesQuery } from '@/features/identity/roles/api';
import { templatesQuery } from '@/features/messaging/api';
import { tags as tagKind } from '@/features/patients/api';
import { customFields, inUse } from '@/features/patients/fields/api';
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
/** What something that a `ref` leads to is called; undefined while that is not known. */
export type NameOf = (of: string, id: string) => string | undefined;

/** What there is to choose from for each kind of thing that fields lead to, and what each of them is called. */
export function useRefs() {
  const { t, lang } = useLang();
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
    const members = people?.filter(({ status }) => status === 'active').map((one): Choice => ({ value: one.id, label: one.name }));
    const seen = new Set(providers?.map(({ id }) => id));
    // these are known by a key, as records keep them
    const custom = inUse(fields).map((one): Choice => ({ value: one.key, label: localName(one, lang) }));
    const reasons = rules?.reasons.filter(({ archived }) => !archived).map((one): Choice => ({ value: one.key, label: namesOf(one, lang).name }));
    const known: Record<string, Choice[] | undefined> = {
      service: services?.map((one) => ({ value: one.id, label: namesOf(one, lang).name })),
      location: places?.filter(({ archivedAt }) => !archivedAt).map((one) => ({ value: one.id, label: localName(one, lang) })),
      room: chairs?.filter(({ archivedAt }) => !archivedAt).map((one) => ({ value: one.id, label: localName(one, lang) })),
      tag: tags?.map((one) => ({ value: one.id, label: one.name })),
      member: members,
      provider: providers && members?.filter(({ value }) => seen.has(value)),
      role: roles && [...roles.builtIn.map(({ role }) => ({ value: role as string, label: t(`role.${role}`) })), ...roles.custom.map((one) => ({ value: one.id, label: one.name }))],
      patientField: fields && custom,
      cancelReason: reasons,
      template: templates?.filter(({ archivedAt }) => !archivedAt).map((one) => ({ value: one.id, label: one.name })),
      webhook_endpoint: endpoints?.map((one) => ({ value: one.id, label: one.description ?? one.url })),
    };
    const alias: Record<string, string> = { staff: 'member', user: 'member', person: 'member' };
    const choicesOf = (of: string): Choice[] | undefined => known[alias[of] ?? of];
    const nameOf: NameOf = (of, id) => choicesOf(of)?.find((one) => one.value === id)?.label;
    return { choicesOf, nameOf, knows: (of: string) => (alias[of] ?? of) in known };
  }, [services, places, providers, people, chairs, tags, fields, rules, roles, templates, endpoints, lang, t]);
}
