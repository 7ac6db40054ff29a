import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { hasCode } from '@/shared/api/problem';
import { useSession } from '@/shared/auth/session';
import { useSendKey } from '@/shared/forms/useSubmit';
import { useLang } from '@/shared/i18n';
import { formErrors } from '@/shared/i18n/errors';
import { formatDateTime } from '@/shared/i18n/format';
import { toast } from '@/shared/ui/toast';
import { instantIn, localIn } from '@/shared/zoned';
import { type Channel, type DraftMessage, draftQuery, type Language, type Message, templatesQuery, useSend } from '../api';
import { useMessageWords } from '../words';
import { bodyOf, type Draft, isReady, onChannel, previewOf, withTemplate, wordsOf } from './draft';
import { useKeptDraft } from './kept';
import { useFiles } from './useFiles';

const TYPING_MS = 250;
const FIELDS = ['text', 'subject', 'replyTo', 'notBefore', 'templateId', 'attachments'] as const;

type Options = { patientId: string; channel: Channel; language: Language | undefined; onClose: () => void };

/** A message being written: its draft, what the server says it would become, and sending it. */
export function useComposer({ patientId, channel, language, onClose }: Options) {
  const { practice } = useSession();
  const empty: Draft = { channel, templateId: null, purpose: 'transactional', language: language ?? practice.language, appointmentId: null, subject: '', text: '', replyTo: '', at: '', files: [] };
  const { draft, setDraft, resumed, forget } = useKeptDraft(patientId, empty);
  const [open, setOpen] = useState({ replyTo: !!draft.replyTo, later: !!draft.at });
  const set = (next: Partial<Draft>) => setDraft((now) => ({ ...now, ...next }));
  const all = useQuery(templatesQuery).data ?? [];
  const templates = all.filter((one) => one.channel === draft.channel && !one.archivedAt);
  const close = () => {
    forget();
    onClose();
  };
  return {
    patientId,
    draft,
    /** It was begun before; what was chosen then stays. */
    resumed,
    /** For good: sent, or discarded. */
    close,
    set,
    templates,
    open,
    /** The earliest that can be chosen. */
    now: localIn(practice.timeZone, new Date()),
    preview: usePreview(patientId, draft, practice.timeZone),
    ...useSending(patientId, draft, open.later, close),
    ...useFiles(draft, set),
    by: (next: Channel) => setDraft((now) => onChannel(now, next)),
    choose: (id: string | null) => setDraft((now) => withTemplate(now, templates.find((one) => one.id === id))),
    /** In another language: the template's words as long as nobody changed them. */
    speak(next: Language) {
      const template = templates.find((one) => one.id === draft.templateId);
      set({ language: next, ...(template ? wordsOf(template, next) : {}) });
    },
    toggle(part: 'replyTo' | 'later') {
      setOpen((now) => ({ ...now, [part]: !now[part] }));
      if (open[part]) set(part === 'later' ? { at: '' } : { replyTo: '' });
    },
  };
}

/** What the draft becomes, a moment after the last key. */
function usePreview(patientId: string, draft: Draft, timeZone: string) {
  const asked = previewOf(patientId, draft, (local) => instantIn(timeZone, local));
  const [text] = useDebouncedValue(JSON.stringify(asked), TYPING_MS);
  return useQuery(draftQuery(JSON.parse(text) as DraftMessage)).data;
}

function useSending(patientId: string, draft: Draft, later: boolean, onClose: () => void) {
  const words = useLang();
  const { t, lang } = words;
  const { timeZone } = useSession().practice;
  const { reason } = useMessageWords();
  const keyOf = useSendKey();
  const send = useSend();
  const [errors, setErrors] = useState<Partial<Record<(typeof FIELDS)[number], string>>>({});
  const [refusal, setRefusal] = useState<string>();

  const told = ({ state, notBefore }: Message) => {
    const planned = state === 'queued' && Date.parse(notBefore) > Date.now();
    toast.done(planned ? t('messages.compose.planned', { time: formatDateTime(lang, timeZone, notBefore) }) : t('messages.compose.sent'));
  };
  // who wants it later says when
  const ready = isReady(draft) && (!later || !!draft.at);
  const submit = async () => {
    if (!ready || send.isPending) return;
    setErrors({});
    setRefusal(undefined);
    try {
      const body = bodyOf(patientId, draft, (local) => instantIn(timeZone, local));
      told(await send.mutateAsync({ body, key: keyOf(body) }));
      onClose();
    } catch (error) {
      const why = hasCode(error, 'message.hindered') ? (error.problem.current as { reason?: string } | null)?.reason : undefined;
      if (why) return setRefusal(reason(why));
      const { byField, whole } = formErrors(words, error, FIELDS);
      setErrors({ ...byField, ...(byField.templateId ? { text: byField.templateId } : {}) });
      setRefusal(whole);
    }
  };
  return { errors, refusal, sending: send.isPending, ready, send: submit };
}

export type Composing = ReturnType<typeof useComposer>;
