import type { Channel, DraftMessage, Language, NewMessage, Purpose, Template } from '../api';

/** A message as it is being written. */
export type Draft = {
  channel: Channel;
  /** The template whose words nobody has changed; what was changed is a text of one's own. */
  templateId: string | null;
  purpose: Purpose;
  language: Language;
  appointmentId: string | null;
  subject: string;
  text: string;
  replyTo: string;
  /** A local time of the practice, or nothing: at once. */
  at: string;
  files: { id: string; name: string }[];
};

/** What the template says in a language. */
export const wordsOf = ({ texts }: Pick<Template, 'texts'>, language: Language) =>
  language === 'ar' ? { subject: texts.subjectAr ?? '', text: texts.textAr } : { subject: texts.subjectEn ?? '', text: texts.textEn };

/** The draft with what a template says; whatever else was chosen stays. */
export const withTemplate = (draft: Draft, template: Template | undefined): Draft =>
  template ? { ...draft, templateId: template.id, purpose: template.purpose, ...wordsOf(template, draft.language) } : { ...draft, templateId: null };

/** By another channel: a template belongs to one, and its words go with it. */
export const onChannel = (draft: Draft, channel: Channel): Draft => ({ ...draft, channel, ...(draft.templateId ? { templateId: null, text: '', subject: '' } : {}) });

/** What is sent. `instantOf`: the instant of a local time of the practice. */
export function bodyOf(patientId: string, draft: Draft, instantOf: (local: string) => string): NewMessage {
  const { channel, templateId, purpose, language, appointmentId } = draft;
  const email = channel === 'email';
  const replyTo = draft.replyTo.trim();
  return {
    patientId,
    channel,
    purpose,
    language,
    ...(templateId ? { templateId } : { text: draft.text.trim(), ...(email ? { subject: draft.subject.trim() } : {}) }),
    ...(appointmentId ? { appointmentId } : {}),
    ...(email && replyTo ? { replyTo } : {}),
    ...(email && draft.files.length ? { attachments: draft.files.map((file) => file.id) } : {}),
    ...(draft.at ? { notBefore: instantOf(draft.at) } : {}),
  };
}

/** What is asked to see it before: as far as it is written. */
export function previewOf(patientId: string, draft: Draft, instantOf: (local: string) => string): DraftMessage {
  const { channel, templateId, purpose, language, appointmentId } = draft;
  const [text, subject] = [draft.text.trim(), channel === 'email' ? draft.subject.trim() : ''];
  return {
    patientId,
    channel,
    purpose,
    language,
    ...(templateId ? { templateId } : { ...(text ? { text } : {}), ...(subject ? { subject } : {}) }),
    ...(appointmentId ? { appointmentId } : {}),
    ...(draft.at ? { notBefore: instantOf(draft.at) } : {}),
  };
}

/** Whether there is anything to send. */
export const isReady = (draft: Draft) => !!draft.text.trim() && (draft.channel === 'sms' || !!draft.subject.trim());
