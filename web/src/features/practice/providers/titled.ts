import type { Lang } from '@/shared/i18n';
import type { Provider } from './api';

/** The name with the title of the language on screen, or with the other one; some names begin with theirs already. */
export function titled(name: string, provider: Pick<Provider, 'title' | 'titleAr'> | undefined, lang: Lang) {
  const titles = [provider?.title, provider?.titleAr].filter((title) => title != null);
  const [title] = lang === 'ar' ? titles.reverse() : titles;
  const own = titles.find((one) => name.startsWith(`${one} `));
  const bare = own ? name.slice(own.length + 1) : name;
  return title ? `${title} ${bare}` : name;
}
