import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { locations } from '@/features/practice/locations/api';
import { peopleQuery } from '@/features/practice/people';
import { type Provider, providersQuery, serviceNamesQuery } from '@/features/practice/providers/api';
import { titled } from '@/features/practice/providers/titled';
import { type Room, rooms } from '@/features/practice/rooms/api';
import { inOrder } from '@/features/practice/rooms/order';
import type { Service } from '@/features/practice/services/api';
import { namesOf } from '@/features/practice/services/labels';
import { useCan, useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { localName } from '@/shared/names';

export type Choice = { value: string; label: string };

/** The choices, with what was chosen before and is none of them any more. */
export const withChosen = (choices: Choice[], chosen: readonly string[], nameOf: (id: string) => string): Choice[] => [
  ...chosen.filter((id) => !choices.some((one) => one.value === id)).map((id) => ({ value: id, label: nameOf(id) })),
  ...choices,
];

/** Appointments hold ids: what they are called in the language of the page, and what there is to choose from. */
export function useNames() {
  const { lang } = useLang();
  const can = useCan();
  const { timeZone } = useSession().practice;
  const services = useQuery({ ...serviceNamesQuery, enabled: can('services.read') }).data;
  const places = useQuery({ ...locations.listQuery, enabled: can('practice.read') }).data;
  const providers = useQuery({ ...providersQuery, enabled: can('practice.read') }).data;
  const people = useQuery({ ...peopleQuery, enabled: can('staff.read') }).data;
  const chairs = useQuery({ ...rooms.listQuery, enabled: can('rooms.read') }).data;

  return useMemo(() => {
    const personName = (id: string) => {
      const person = people?.find((one) => one.id === id);
      return person ? titled(person.name, providers?.find((one) => one.id === id), lang) : '…';
    };
    const sees = (provider: Provider, serviceId: string | null, locationId: string | null) =>
      provider.bookable &&
      (!locationId || !provider.locationIds.length || provider.locationIds.includes(locationId)) &&
      (!serviceId || !provider.serviceIds || provider.serviceIds.includes(serviceId));
    const inUse = places?.filter((place) => !place.archivedAt);
    const nameIn = <R extends { id: string }>(all: R[] | undefined, id: string, nameOf: (one: R) => string) => {
      const one = all?.find((other) => other.id === id);
      return one ? nameOf(one) : '…';
    };
    const roomName = (id: string) => nameIn(chairs, id, (one: Room) => localName(one, lang));
    const inTurn = (names: string[]) => names.join(lang === 'ar' ? '، ' : ', ');
    return {
      /** Whether everything is there that choices are made from. */
      ready: !!(places && providers),
      services,
      places: inUse,
      service: (id: string) => services?.find((one) => one.id === id),
      serviceName: (id: string) => nameIn(services, id, (one: Service) => namesOf(one, lang).name),
      placeName: (id: string) => nameIn(places, id, (one) => localName(one, lang)),
      roomName,
      personName,
      /** All of them in one line. */
      roomNames: (ids: readonly string[]) => inTurn(ids.map(roomName)),
      personNames: (ids: readonly string[]) => inTurn(ids.map(personName)),
      zoneOf: (locationId: string | null) => places?.find((one) => one.id === locationId)?.timeZone ?? timeZone,
      /** Of one's own practice: where one works by one's profile, else the first place. */
      usualPlace: (userId: string) => {
        const own = providers?.find((one) => one.id === userId)?.locationIds[0];
        return inUse?.find((one) => one.id === own)?.id ?? inUse?.[0]?.id ?? null;
      },
      serviceChoices: (services ?? []).map((one): Choice => ({ value: one.id, label: namesOf(one, lang).name })),
      placeChoices: (inUse ?? []).map((one): Choice => ({ value: one.id, label: localName(one, lang) })),
      /** Who does the service at the place. */
      personChoices: (serviceId: string | null, locationId: string | null) =>
        (providers ?? []).filter((one) => sees(one, serviceId, locationId)).map((one): Choice => ({ value: one.id, label: personName(one.id) })),
      roomChoices: (locationId: string | null) =>
        inOrder((chairs ?? []).filter((one) => one.locationId === locationId && !one.archivedAt)).map((one): Choice => ({ value: one.id, label: localName(one, lang) })),
    };
  }, [services, places, providers, people, chairs, lang, timeZone]);
}

export type Names = ReturnType<typeof useNames>;
