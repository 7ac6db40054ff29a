import type { Lang } from '@/shared/i18n';

/** The Arabic name in Arabic, where there is one. */
export const localName = (of: { name: string; nameAr?: string | null }, lang: Lang) => (lang === 'ar' && of.nameAr ? of.nameAr : of.name);

/** The name in the other script, for the second line. */
export const otherName = (of: { name: string; nameAr?: string | null }, lang: Lang) => (of.nameAr ? (lang === 'ar' ? of.name : of.nameAr) : undefined);
