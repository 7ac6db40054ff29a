import type { Lang, MessageId } from '@/shared/i18n';
import type { Service } from './api';
import type { Field } from './draft';

/** In Arabic the Arabic name where there is one; the other name, if any, for the second line. */
export function namesOf(service: Pick<Service, 'nameEn' | 'nameAr'>, lang: Lang) {
  const { nameEn, nameAr } = service;
  return lang === 'ar' && nameAr ? { name: nameAr, other: nameEn } : { name: nameEn, other: nameAr ?? undefined };
}

export const fieldLabels: Record<Field, MessageId> = {
  nameEn: 'field.nameEn',
  nameAr: 'field.nameAr',
  code: 'services.field.code',
  category: 'services.field.category',
  durationMinutes: 'services.field.duration',
  bufferBeforeMinutes: 'services.field.bufferBefore',
  bufferAfterMinutes: 'services.field.bufferAfter',
  price: 'services.field.price',
  vatCategory: 'services.field.vat',
  colour: 'field.colour',
};
