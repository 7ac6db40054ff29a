import { createStore, useStore } from '@/shared/store';
import type en from './en.json';

export type Lang = 'en' | 'ar';
type Strip<K> = K extends `${infer Base}_${'zero' | 'one' | 'two' | 'few' | 'many' | 'other'}` ? Base : K;
/** Every text has an id; a missing one does not compile. */
export type MessageId = Strip<keyof typeof en>;
export type Params = Record<string, string | number> & { count?: number };
export type T = (id: MessageId, params?: Params) => string;
/** For ids made of a code that the server sent: undefined when the catalog has no such text. */
export type Lookup = (id: string, params?: Params) => string | undefined;

const LANG_KEY = 'vantage.lang';
export const dirOf = (lang: Lang) => (lang === 'ar' ? 'rtl' : 'ltr');

/** What the person chose on this device, if they ever did. */
export function chosenLang(): Lang | undefined {
  const stored = localStorage.getItem(LANG_KEY);
  return stored === 'ar' || stored === 'en' ? stored : undefined;
}
export const initialLang = (): Lang => chosenLang() ?? (/^ar\b/.test(navigator.language) ? 'ar' : 'en');

type Catalog = Record<string, string>;
// one chunk per language, loaded when it is first wanted
const load: Record<Lang, () => Promise<{ default: Catalog }>> = {
  en: () => import('./en.json'),
  ar: () => import('./ar.json'),
};

/** The plural category picks the `_few` style ending; `{{name}}` is replaced. */
export function translator(lang: Lang, messages: Catalog): { t: T; lookup: Lookup } {
  const plural = new Intl.PluralRules(lang);
  const lookup: Lookup = (id, params) => {
    const counted =
      params?.count === undefined ? undefined : (messages[`${id}_${plural.select(params.count)}`] ?? messages[`${id}_other`]);
    const raw = counted ?? messages[id];
    return params ? raw?.replace(/\{\{(\w+)\}\}/g, (_, key: string) => String(params[key] ?? '')) : raw;
  };
  return { t: (id, params) => lookup(id, params) ?? id, lookup };
}

type State = { lang: Lang; t: T; lookup: Lookup };
const state = createStore<State>({ lang: 'en', t: (id) => id, lookup: () => undefined });

export async function setLang(lang: Lang, { remember = true } = {}) {
  const messages = (await load[lang]()).default;
  if (remember) localStorage.setItem(LANG_KEY, lang);
  document.documentElement.lang = lang;
  document.documentElement.dir = dirOf(lang);
  state.set({ lang, ...translator(lang, messages) });
}

export const useLang = () => useStore(state);
