import { useQuery } from '@tanstack/react-query';
import { useCan, useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { locations as places } from '../locations/api';
import { providersQuery } from '../providers/api';
import { localName } from '../names';
import type { Owner } from './api';

/** Everybody and everything that keeps hours: the practice, its locations, those who see patients. */
export function useOwners() {
  const { t, lang } = useLang();
  const { practice } = useSession();
  const can = useCan();
  const locations = useQuery({ ...places.listQuery, enabled: can('practice.read') });
  const providers = useQuery({ ...providersQuery, enabled: can('staff.read') });
  const sites = (locations.data ?? []).filter((l) => !l.archivedAt).map((l) => ({ value: `location:${l.id}`, label: localName(l, lang) }));
  const people = (providers.data ?? []).map((p) => ({ value: `provider:${p.userId}`, label: p.name }));
  const groups = [
    { group: t('nav.group.practice'), items: [{ value: 'practice', label: practice.name }] },
    { group: t('locations.title'), items: sites },
    { group: t('providers.title'), items: people },
  ];
  const names = new Map(groups.flatMap((g) => g.items.map((i) => [i.value, i.label])));
  return {
    options: groups.filter((g) => g.items.length > 0),
    nameOf: (owner: Owner) => names.get(owner) ?? owner,
    parentOf: (owner: Owner) => (owner === 'practice' ? undefined : practice.name),
  };
}
