import { orNull } from '@/shared/forms/merge';
import type { Labels } from '@/shared/forms/useFields';
import type { Issues } from '@/shared/forms/useRecordForm';
import type { Lookup } from '@/shared/i18n';
import type { Channel, Language, Purpose, Template, Texts } from '../api';

/** A template as it is edited. */
export type Draft = { name: string; channel: Channel; purpose: Purpose; subjectEn: string; textEn: string; subjectAr: string; textAr: string };

export const empty: Draft = { name: '', channel: 'sms', purpose: 'transactional', subjectEn: '', textEn: '', subjectAr: '', textAr: '' };

export const labels: Labels<Draft> = {
  name: 'messages.templates.name',
  channel: 'messages.channel',
  purpose: 'messages.purpose',
  subjectEn: 'messages.templates.subject',
  textEn: 'messages.templates.text',
  subjectAr: 'messages.templates.subject',
  textAr: 'messages.templates.text',
};

export const draftOf = ({ name, channel, purpose, texts }: Template): Draft => ({
  name,
  channel,
  purpose,
  subjectEn: texts.subjectEn ?? '',
  textEn: texts.textEn,
  subjectAr: texts.subjectAr ?? '',
  textAr: texts.textAr,
});

/** A text message has no subject. */
export const textsOf = (draft: Omit<Draft, 'name' | 'purpose'>): Texts => {
  const email = draft.channel === 'email';
  return { subjectEn: email ? orNull(draft.subjectEn) : null, textEn: draft.textEn.trim(), subjectAr: email ? orNull(draft.subjectAr) : null, textAr: draft.textAr.trim() };
};

export const newOf = (draft: Draft) => ({ name: draft.name.trim(), channel: draft.channel, purpose: draft.purpose, texts: textsOf(draft) });

/** Only what is to be different. */
export function changesOf(draft: Draft, base: Template) {
  const { name, purpose, texts } = newOf(draft);
  return {
    ...(name === base.name ? {} : { name }),
    ...(purpose === base.purpose ? {} : { purpose }),
    ...(JSON.stringify(texts) === JSON.stringify(textsOf(draftOf(base))) ? {} : { texts }),
  };
}

export function issuesOf(draft: Draft): Issues<Draft> {
  const missing = (field: keyof Draft): Issues<Draft> => (draft[field].trim() ? {} : { [field]: { id: 'field.required' as const } });
  return { ...missing('name'), ...missing('textEn'), ...missing('textAr'), ...(draft.channel === 'email' ? { ...missing('subjectEn'), ...missing('subjectAr') } : {}) };
}

/** What belongs to a language, of a text that is being written. */
export const partsOf = (language: Language) => (language === 'ar' ? (['subjectAr', 'textAr'] as const) : (['subjectEn', 'textEn'] as const));

/** The other language may be empty while one is written: it is previewed with the same words in both. */
export function previewed(draft: Omit<Draft, 'name' | 'purpose'>, language: Language): Texts {
  const [subject, text] = partsOf(language);
  const both = { subjectEn: draft[subject], subjectAr: draft[subject], textEn: draft[text], textAr: draft[text] };
  return textsOf({ channel: draft.channel, ...both });
}

/** Those that come with the product are called by what they are for, in the language of the page, until somebody changes them. */
export const nameOf = ({ lookup }: { lookup: Lookup }, { key, version, name }: Pick<Template, 'key' | 'version' | 'name'>) =>
  (key && !version ? lookup(`messages.templates.builtIn.${key.replace(/\..*$/, '')}`) : undefined) ?? name;
