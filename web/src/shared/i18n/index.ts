import { createStore, useStore } from '@/shared/store';
import type automationEn from './automation.en.json';
import type callsEn from './calls.en.json';
import type consoleEn from './console.en.json';
import type en from './en.json';
import type importsEn from './imports.en.json';
import type linksEn from './links.en.json';
import type messagingEn from './messaging.en.json';
import type noticesEn from './notices.en.json';
import type onlineEn from './online.en.json';
import type patientsEn from './patients.en.json';
import type offerEn from './offer.en.json';
import type schedulingEn from './scheduling.en.json';
import type unsubscribeEn from './unsubscribe.en.json';
import type tasksEn from './tasks.en.json';
import type voiceEn from './voice.en.json';
import type waitlistEn from './waitlist.en.json';
import type webhooksEn from './webhooks.en.json';

export type Lang = 'en' | 'ar';
type Strip<K> = K extends `${infer Base}_${'zero' | 'one' | 'two' | 'few' | 'many' | 'other'}` ? Base : K;
/** Every text has an id; a missing one does not compile. */
export type MessageId = Strip<
  | keyof typeof en
  | keyof typeof consoleEn
  | keyof typeof patientsEn
  | keyof typeof importsEn
  | keyof typeof linksEn
  | keyof typeof onlineEn
  | keyof typeof schedulingEn
  | keyof typeof voiceEn
  | keyof typeof waitlistEn
  | keyof typeof tasksEn
  | keyof typeof offerEn
  | keyof typeof messagingEn
  | keyof typeof unsubscribeEn
  | keyof typeof webhooksEn
  | keyof typeof automationEn
  | keyof typeof noticesEn
  | keyof typeof callsEn
>;
export type Params = Record<string, string | number> & { count?: number };
export type T = (id: MessageId, params?: Params) => string;
/** For ids made of a code that the server sent: undefined when the catalog has no such text. */
export type Lookup = (id: string, params?: Params) => string | undefined;

const LANG_KEY = 'vantage.lang';
export const dirOf = (lang: Lang) => (lang === 'ar' ? 'rtl' : 'ltr');

/** What the person chose on this device, if they ever did. Within another website browsers may forbid storage. */
export function chosenLang(): Lang | undefined {
  try {
    const stored = localStorage.getItem(LANG_KEY);
    return stored === 'ar' || stored === 'en' ? stored : undefined;
  } catch {
    return undefined;
  }
}
function rememberLang(lang: Lang) {
  try {
    localStorage.setItem(LANG_KEY, lang);
  } catch {
    // it holds for this page then
  }
}
export const initialLang = (): Lang => chosenLang() ?? (/^ar\b/.test(navigator.language) ? 'ar' : 'en');

type Catalog = Record<string, string>;
/** Texts that come with the pages that have them. */
export type Part =
  | 'console'
  | 'patients'
  | 'imports'
  | 'links'
  | 'online'
  | 'scheduling'
  | 'waitlist'
  | 'offer'
  | 'messaging'
  | 'unsubscribe'
  | 'tasks'
  | 'webhooks'
  | 'automation'
  | 'voice'
  | 'notices'
  | 'calls';
// chunks of their own, loaded when they are first wanted
const load: Record<Lang, Record<'everyday' | Part, () => Promise<{ default: Catalog }>>> = {
  en: {
    everyday: () => import('./en.json'),
    console: () => import('./console.en.json'),
    patients: () => import('./patients.en.json'),
    imports: () => import('./imports.en.json'),
    links: () => import('./links.en.json'),
    online: () => import('./online.en.json'),
    scheduling: () => import('./scheduling.en.json'),
    waitlist: () => import('./waitlist.en.json'),
    offer: () => import('./offer.en.json'),
    messaging: () => import('./messaging.en.json'),
    unsubscribe: () => import('./unsubscribe.en.json'),
    tasks: () => import('./tasks.en.json'),
    webhooks: () => import('./webhooks.en.json'),
    automation: () => import('./automation.en.json'),
    notices: () => import('./notices.en.json'),
    voice: () => import('./voice.en.json'),
    calls: () => import('./calls.en.json'),
  },
  ar: {
    everyday: () => import('./ar.json'),
    console: () => import('./console.ar.json'),
    patients: () => import('./patients.ar.json'),
    imports: () => import('./imports.ar.json'),
    links: () => import('./links.ar.json'),
    online: () => import('./online.ar.json'),
    scheduling: () => import('./scheduling.ar.json'),
    waitlist: () => import('./waitlist.ar.json'),
    offer: () => import('./offer.ar.json'),
    messaging: () => import('./messaging.ar.json'),
    unsubscribe: () => import('./unsubscribe.ar.json'),
    tasks: () => import('./tasks.ar.json'),
    webhooks: () => import('./webhooks.ar.json'),
    automation: () => import('./automation.ar.json'),
    notices: () => import('./notices.ar.json'),
    voice: () => import('./voice.ar.json'),
    calls: () => import('./calls.ar.json'),
  },
};
const wanted = new Map<Part, Promise<void>>();

async function catalogOf(lang: Lang): Promise<Catalog> {
  const parts = ['everyday', ...wanted.keys()] as const;
  const texts = await Promise.all(parts.map(async (part) => (await load[lang][part]()).default));
  // what was wanted meanwhile belongs to it as well
  return parts.length > wanted.size ? (Object.assign({}, ...texts) as Catalog) : catalogOf(lang);
}

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
  const messages = await catalogOf(lang);
  if (remember) rememberLang(lang);
  document.documentElement.lang = lang;
  document.documentElement.dir = dirOf(lang);
  state.set({ lang, ...translator(lang, messages) });
}

/** Makes sure that the texts of a part are there, now and in whatever language is chosen later. */
export function wantTexts(part: Part): Promise<void> {
  const known = wanted.get(part);
  if (known) return known;
  const arrived = Promise.resolve().then(async () => {
    const { lang } = state.get();
    const messages = await catalogOf(lang);
    if (state.get().lang === lang) state.set({ lang, ...translator(lang, messages) });
  });
  wanted.set(part, arrived);
  // whoever tries again shall not find the failure
  arrived.catch(() => wanted.delete(part));
  return arrived;
}

/** The words of the moment, for code outside React. */
export const words = () => state.get();
export const useLang = () => useStore(state);
