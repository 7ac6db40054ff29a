import type { Lang, T } from '@/shared/i18n';
import type { Rule } from './api';
import { leadOf } from './rule';

/** What things are called that a rule names; left out where that is not known. */
export type Names = { template?: string | undefined; services?: readonly (string | undefined)[]; locations?: readonly (string | undefined)[] };

// a name runs in its own direction, and leaves that of the sentence alone
const isolated = (name: string) => `\u2068${name}\u2069`;

/** A rule as one says it: when, by what, to whom, for which visits, and with which words. */
export function sentenceOf({ t, lang }: { t: T; lang: Lang }, rule: Rule, { template, services = [], locations = [] }: Names): string {
  const listed = (names: readonly (string | undefined)[]) => new Intl.ListFormat(lang).format(names.filter((name) => name !== undefined).map(isolated));
  const known = (ids: readonly string[], names: readonly (string | undefined)[]) => ids.length > 0 && ids.length === names.filter(Boolean).length;
  const { amount, unit } = leadOf(rule.offsetMinutes);
  const clauses = [
    t(`messages.rules.says.${unit}`, { count: amount }),
    t(`messages.rules.says.${rule.channel}`),
    rule.skipConfirmed ? t('messages.rules.says.unconfirmed') : '',
    known(rule.serviceIds, services) ? t('messages.rules.says.services', { names: listed(services) }) : rule.serviceIds.length ? t('messages.rules.says.someServices') : '',
    known(rule.locationIds, locations) ? t('messages.rules.says.locations', { names: listed(locations) }) : rule.locationIds.length ? t('messages.rules.says.someLocations') : '',
    template ? t('messages.rules.says.template', { name: isolated(template) }) : '',
  ];
  return `${clauses.join('')}.`;
}
