import type { Lang } from '@/shared/i18n';
import type { Provider } from './api';

/** The name with the title of the language on screen, or with the other one. */
export function titled(name: string, provider: Pick<Provider, 'title' | 'titleAr'> | undefined, lang: Lang) {
  const title = lang === 'ar' ? (provider?.titleAr ?? provider?.title) : (provider?.title ?? provider?.titleAr);
  return title ? `${title} ${name}` : name;
}
