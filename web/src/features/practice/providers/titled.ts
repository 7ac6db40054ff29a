import type { Lang } from '@/shared/i18n';
import type { Provider } from './api';

/** The name with the title of the language on screen, or with the other one; once only, for some are called by it already. */
export function titled(name: string, provider: Pick<Provider, 'title' | 'titleAr'> | undefined, lang: Lang) {
  const title = lang === 'ar' ? (provider?.titleAr ?? provider?.title) : (provider?.title ?? provider?.titleAr);
  return title && !name.startsWith(`${title} `) ? `${title} ${name}` : name;
}
