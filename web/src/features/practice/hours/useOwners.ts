import { useQuery } from '@tanstack/react-query';
import { useCan, useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { locations as places } from '../locations/api';
import { localName } from '@/shared/names';
import { peopleQuery } from '../people';
import { providersQuery } from '../providers/api';
import { titled } from '../providers/titled';
import type { Owner } from './api';

/** Everybody and everything that keeps hours: the practice, its locations, those who see patients. */
export function useOwners() {
  const { t, lang } = useLang();
  const { practice, user } = useSession();
  const can = useCan();
  const locations = useQuery({ ...places.listQuery, enabled: can('practice.read') });
  const providers = useQuery({ ...providersQuery, enabled: can('practice.read') });
  const people = useQuery({ ...peopleQuery, enabled: can('staff.read') });
  const sites = (locations.data ?? []).filter((l) => !l.archivedAt).map((l) => ({ value: `location:${l.id}`, label: localName(l, lang) }));
  const them = (providers.data ?? []).flatMap((p) => {
    const person = people.data?.find((one) => one.id === p.id);
    return person ? [{ value: `provider:${p.id}`, label: titled(person.name, p, lang) }] : [];
  });
  // one's own hours can be kept before there is a profile
  if (can('hours.write_own') && !them.some((p) => p.value === `provider:${user.id}`)) them.push({ value: `provider:${user.id}`, label: user.name });
  const groups = [
    { group: t('nav.group.practice'), items: [{ value: 'practice', label: practice.name }] },
    { group: t('locations.title'), items: sites },
    { group: t('providers.title'), items: them },
  ];
  const names = new Map(groups.flatMap((g) => g.items.map((i) => [i.value, i.label])));
  return {
    options: groups.filter((g) => g.items.length > 0),
    nameOf: (owner: Owner) => names.get(owner) ?? owner,
  };
}
