import { useQuery } from '@tanstack/react-query';
import { phoneText } from '@/features/patients/person';
import { useSession } from '@/shared/auth/session';
import { type Lang, type Lookup, type T, useLang } from '@/shared/i18n';
import { formatDateTime, formatDayShort, formatMoney, formatNumber } from '@/shared/i18n/format';
import { majorOf } from '@/shared/i18n/money';
import { type Call, type CallWorkflow, callWorkflowsQuery, type Field } from './api';

const SECOND = 1000;
const two = (n: number) => String(n).padStart(2, '0');

/** A span of a call, as clocks of telephones show it: `4:07`, `1:02:03`. */
export function lengthText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / SECOND));
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

const MICROS_IN_CENT = 10_000;
/** Millionths of a dollar as an amount; undefined for less than a cent, which no amount can say. */
export function costText(lang: Lang, micros: number): string | undefined {
  const cents = Math.round(micros / MICROS_IN_CENT);
  return cents || !micros ? formatMoney(lang, majorOf({ amountMinor: cents, currency: 'USD' }), 'USD') : undefined;
}

/** A word of a flow, or of a newer server, for which there are no words here: `voicemail_left`. */
export const plainWord = (word: string) => {
  const words = word.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** What came of a call: a word of its flow, else why it ended. Nothing while it runs. */
export function outcomeText({ t, lookup }: { t: T; lookup: Lookup }, { outcome, endedBy }: Pick<Call, 'outcome' | 'endedBy'>): string | undefined {
  if (outcome) return lookup(`calls.outcome.${outcome}`) ?? plainWord(outcome);
  return endedBy ? (lookup(`calls.ended.${endedBy}`) ?? t('calls.over')) : undefined;
}

type Words = { lang: Lang; timeZone: string; t: T };

/** A value of a case in words, by the type of its field; empty for none. */
export function valueText({ lang, timeZone, t }: Words, field: Pick<Field, 'type' | 'options'> | undefined, value: unknown): string {
  if (value === null || value === undefined || value === '') return '';
  if (typeof value === 'boolean') return t(value ? 'calls.yes' : 'calls.no');
  if (typeof value === 'number') return formatNumber(lang, value);
  if (typeof value !== 'string') return JSON.stringify(value);
  switch (field?.type) {
    case 'date':
      return /^\d{4}-\d{2}-\d{2}$/.test(value) ? formatDayShort(lang, value) : value;
    case 'datetime':
      return Number.isNaN(Date.parse(value)) ? value : formatDateTime(lang, timeZone, value);
    case 'phone':
      return `\u2066${phoneText(value)}\u2069`;
    case 'select':
      return labelText(lang, field.options.find((one) => one.value === value)?.label) ?? plainWord(value);
    default:
      return value;
  }
}

/** A text in the language of the page where there is one. */
export const labelText = (lang: Lang, label: { en: string; ar?: string | null } | string | undefined) => (typeof label === 'object' ? (lang === 'ar' && label.ar) || label.en : label);

/** What calls are about, and what they found out, in words. */
export function useCallWords() {
  const words = useLang();
  const { lang, t } = words;
  const { timeZone } = useSession().practice;
  const workflows = useQuery(callWorkflowsQuery).data;
  const workflowOf = (id: string | null) => workflows?.find((one) => one.id === id);
  const nameOf = (workflow: Pick<CallWorkflow, 'name' | 'nameAr'>) => (lang === 'ar' && workflow.nameAr) || workflow.name;
  const fieldOf = ({ callWorkflowId }: Pick<Call, 'callWorkflowId'>, key: string) => workflowOf(callWorkflowId)?.fields.find((one) => one.key === key);
  return {
    workflows,
    nameOf,
    about: ({ callWorkflowId }: Pick<Call, 'callWorkflowId'>) => {
      const workflow = workflowOf(callWorkflowId);
      return workflow ? nameOf(workflow) : t('calls.about.none');
    },
    outcome: (call: Pick<Call, 'outcome' | 'endedBy'>) => outcomeText(words, call),
    /** Nothing is known of calls whose parts have no prices. */
    cost: (micros: number) => (micros ? (costText(lang, micros) ?? t('calls.cost.less')) : '–'),
    field: (call: Pick<Call, 'callWorkflowId'>, key: string) => labelText(lang, fieldOf(call, key)?.label) ?? plainWord(key),
    value: (call: Pick<Call, 'callWorkflowId'>, key: string, value: unknown) => valueText({ lang, timeZone, t }, fieldOf(call, key), value),
  };
}
