import type { Labels } from '@/shared/forms/useFields';
import type { Issues } from '@/shared/forms/useRecordForm';
import { wholeOf } from '@/shared/i18n/digits';
import { suggestSlug } from '@/shared/slug';
import type { OnlineRules, OnlineService } from '../api';

/** The rules as they are edited: numbers and lists of addresses as text; nobody named stands for everybody. */
export type Draft = {
  enabled: boolean;
  services: OnlineService[];
  providerIds: string[];
  locationIds: string[];
  chooseProvider: boolean;
  mostOpen: string;
  email: OnlineRules['email'];
  reason: OnlineRules['reason'];
  origins: string;
};

export const draftOf = (rules: OnlineRules): Draft => ({
  enabled: rules.enabled,
  services: rules.services,
  providerIds: rules.providerIds ?? [],
  locationIds: rules.locationIds ?? [],
  chooseProvider: rules.chooseProvider,
  mostOpen: String(rules.mostOpen),
  email: rules.email,
  reason: rules.reason,
  origins: rules.origins.join('\n'),
});

export const labels: Labels<Draft> = {
  enabled: 'online.rules.enabled',
  services: 'online.rules.services',
  providerIds: 'online.rules.providers',
  locationIds: 'online.rules.locations',
  chooseProvider: 'online.rules.chooseProvider',
  mostOpen: 'online.rules.mostOpen',
  email: 'online.rules.email',
  reason: 'online.rules.reason',
  origins: 'online.rules.origins',
};

export const LEAST_OPEN = 1;
export const MOST_OPEN = 20;
const SLUG = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const LONGEST_SLUG = 60;
/** As the server takes them: encrypted, or on one's own machine. */
const ORIGIN = /^(?:https:\/\/(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?|http:\/\/(?:localhost|127\.0\.0\.1))(?::[1-9]\d{0,4})?$/;

const lines = (text: string) => text.split(/\s+/).filter(Boolean);
/** What people paste: with a path behind it, and in any case. */
export const originOf = (text: string) => {
  try {
    return new URL(text).origin;
  } catch {
    return text;
  }
};

export function issuesOf(d: Draft): Issues<Draft> {
  const most = wholeOf(d.mostOpen);
  const slugs = d.services.map((one) => one.slug);
  return {
    ...(most === undefined || most < LEAST_OPEN || most > MOST_OPEN ? { mostOpen: { id: 'online.rules.between' as const, params: { least: LEAST_OPEN, most: MOST_OPEN } } } : {}),
    ...(slugs.some((slug) => !SLUG.test(slug) || slug.length > LONGEST_SLUG) ? { services: { id: 'online.rules.wrongSlug' as const } } : {}),
    ...(new Set(slugs).size < slugs.length ? { services: { id: 'online.rules.sameSlug' as const } } : {}),
    ...(lines(d.origins).map(originOf).some((origin) => !ORIGIN.test(origin)) ? { origins: { id: 'online.rules.wrongOrigin' as const } } : {}),
  };
}

const orAll = (ids: string[]) => (ids.length ? ids : null);
const text = (value: string | null) => value?.trim() || null;

/** Only for a draft without issues. */
export const rulesOf = (d: Draft): OnlineRules => ({
  ...d,
  services: d.services.map((one) => ({ ...one, textEn: text(one.textEn), textAr: text(one.textAr) })),
  providerIds: orAll(d.providerIds),
  locationIds: orAll(d.locationIds),
  mostOpen: wholeOf(d.mostOpen)!,
  origins: [...new Set(lines(d.origins).map(originOf))],
});

/** A service that is put online: at an address made of its name, which no other has. */
export function added(services: OnlineService[], serviceId: string, name: string): OnlineService[] {
  const base = suggestSlug(name) || 'service';
  const taken = services.map((one) => one.slug);
  let slug = base;
  for (let n = 2; taken.includes(slug); n++) slug = `${base}-${n}`;
  return [...services, { serviceId, slug, textEn: null, textAr: null, newPatients: true, deposit: false }];
}

/** What a website has in it to show the page, and to give it the height that it says it has. */
export const snippetOf = (address: string, title: string) => {
  const { origin } = new URL(address);
  return `<iframe id="vantage-booking" src="${address}?embed=1" title="${title.replace(/["<>&]/g, '')}" style="width:100%;border:0;min-height:640px"></iframe>
<script>addEventListener('message',function(e){if(e.origin==='${origin}'&&e.data&&e.data.type==='vantage.height')document.getElementById('vantage-booking').style.height=e.data.height+'px'})</script>`;
};
