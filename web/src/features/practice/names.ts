import type { Lang } from '@/shared/i18n';

/** The Arabic name in Arabic, where there is one. */
export const localName = (of: { name: string; nameAr?: string | null }, lang: Lang) => (lang === 'ar' && of.nameAr ? of.nameAr : of.name);
