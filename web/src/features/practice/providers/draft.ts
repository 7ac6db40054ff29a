import { orNull } from '@/shared/forms/merge';
import type { Issues } from '@/shared/forms/useRecordForm';
import type { Labels } from '@/shared/forms/useFields';
import type { Colour } from '@/shared/ui/colour';
import type { NewProvider, Provider } from './api';

export type Draft = {
  title: string;
  titleAr: string;
  specialty: string;
  licenceNumber: string;
  colour: Colour;
  bookable: boolean;
  locationIds: string[];
  everyService: boolean;
  serviceIds: string[];
};

export const emptyDraft = (locationIds: string[]): Draft => ({
  title: '',
  titleAr: '',
  specialty: '',
  licenceNumber: '',
  colour: 'teal',
  bookable: true,
  locationIds,
  everyService: true,
  serviceIds: [],
});

export const draftOf = (p: Provider): Draft => ({
  title: p.title ?? '',
  titleAr: p.titleAr ?? '',
  specialty: p.specialty ?? '',
  licenceNumber: p.licenceNumber ?? '',
  colour: p.colour,
  bookable: p.bookable,
  locationIds: [...p.locationIds].sort(),
  everyService: p.serviceIds === null,
  serviceIds: [...(p.serviceIds ?? [])].sort(),
});

export const labels: Labels<Draft> = {
  title: 'providers.field.title',
  titleAr: 'providers.field.titleAr',
  specialty: 'providers.field.specialty',
  licenceNumber: 'providers.field.licence',
  colour: 'field.colour',
  bookable: 'providers.field.bookable',
  locationIds: 'locations.title',
  everyService: 'providers.field.everyService',
  serviceIds: 'services.title',
};

export const issues = (d: Draft): Issues<Draft> => (!d.everyService && d.serviceIds.length === 0 ? { serviceIds: { id: 'providers.noService' } } : {});

/** A profile is set as a whole; version 0 makes the first one. */
export const profileOf = (d: Draft, version: number): NewProvider => ({
  title: orNull(d.title),
  titleAr: orNull(d.titleAr),
  specialty: orNull(d.specialty),
  licenceNumber: orNull(d.licenceNumber),
  colour: d.colour,
  bookable: d.bookable,
  locationIds: d.locationIds,
  serviceIds: d.everyService ? null : d.serviceIds,
  version,
});
