import type { Issues } from '@/shared/forms/useRecordForm';
import { differing, orNull } from '@/shared/forms/merge';
import type { Labels } from '@/shared/forms/useFields';
import type { Colour } from '@/shared/ui/colour';
import type { NewRoom, Room, RoomChange, RoomKind } from './api';

export type Draft = { name: string; nameAr: string; kind: RoomKind; locationId: string | null; colour: Colour };

export const emptyDraft = (locationId: string | null): Draft => ({ name: '', nameAr: '', kind: 'chair', locationId, colour: 'teal' });

export const draftOf = ({ name, nameAr, kind, locationId, colour }: Room): Draft => ({ name, nameAr: nameAr ?? '', kind, locationId, colour });

export const labels: Labels<Draft> = {
  name: 'field.nameEn',
  nameAr: 'field.nameAr',
  kind: 'rooms.kind',
  locationId: 'locations.one',
  colour: 'field.colour',
};

export function issues(d: Draft): Issues<Draft> {
  const found: Issues<Draft> = {};
  if (!d.name.trim()) found.name = { id: 'field.required' };
  if (!d.locationId) found.locationId = { id: 'field.required' };
  return found;
}

const bodyOf = (d: Draft): Omit<NewRoom, 'sort'> => ({
  name: d.name.trim(),
  nameAr: orNull(d.nameAr),
  kind: d.kind,
  locationId: d.locationId ?? '',
  colour: d.colour,
});

/** Only for a draft without issues. */
export const newRoomOf = (d: Draft, sort: number): NewRoom => ({ ...bodyOf(d), sort });
export const changesOf = (d: Draft, base: Room): RoomChange => differing(bodyOf(d), base);
