import { dirOf, type Lang } from '@/shared/i18n';

/** What the address of the page says: where, with whom and when, and never who. */
export type BookingSearch = {
  location?: string;
  provider?: string;
  day?: string;
  /** The instant that was chosen. */
  at?: string;
  done?: true;
  lang?: Lang;
  embed?: 1;
};

const ID = /^[\da-f-]{36}$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

export function validateBookingSearch(search: Record<string, unknown>): BookingSearch {
  const text = (name: string, form: RegExp) => {
    const value = search[name];
    return typeof value === 'string' && form.test(value) ? { [name]: value } : {};
  };
  const { lang } = search;
  return {
    ...text('location', ID),
    ...text('provider', ID),
    ...text('day', DAY),
    ...text('at', INSTANT),
    ...(search.done === true ? { done: true } : {}),
    ...(lang === 'en' || lang === 'ar' ? { lang } : {}),
    // also as websites write it by hand
    ...([1, '1', true].includes(search.embed as number) ? { embed: 1 } : {}),
  };
}

/** What stays of it from page to page. */
export const frameOf = ({ lang, embed }: BookingSearch): BookingSearch => ({ ...(lang ? { lang } : {}), ...(embed ? { embed } : {}) });

/** A name in the language of the page, where there is one. */
export const inLang = (lang: Lang, en: string, ar: string | null) => (dirOf(lang) === 'rtl' ? (ar ?? en) : en);
