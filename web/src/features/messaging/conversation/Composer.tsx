import { ActionIcon, Alert, Button, Checkbox, SegmentedControl, Select, Textarea, TextInput } from '@mantine/core';
import { IconClock, IconCornerUpLeft, IconPaperclip, IconSend, IconVariable, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, lazy, Suspense, useRef, useState } from 'react';
import { patientQuery } from '@/features/patients/api';
import { useLang } from '@/shared/i18n';
import type { Channel } from '../api';
import { directionOf } from '../direction';
import { nameOf } from '../templates/draft';
import { useInsert } from '../templates/useInsert';
import classes from './Composer.module.css';
import { accepted } from './files';
import { type Composing, useComposer } from './useComposer';
import { VisitChoice } from './VisitChoice';

const Preview = lazy(() => import('./Preview').then((m) => ({ default: m.Preview })));
const Variables = lazy(() => import('../templates/Variables').then((m) => ({ default: m.Variables })));

type Props = { patientId: string; last: Channel | undefined; onClose: () => void };

/** A message as it is written, beside what the patient will get. */
export function Composer({ patientId, last, onClose }: Props) {
  const patient = useQuery(patientQuery(patientId)).data;
  if (!patient) return null;
  const usual: Channel = last ?? (patient.phones.length || !patient.emails.length ? 'sms' : 'email');
  return <Form key={patientId} patientId={patientId} channel={usual} language={patient.language === 'ar' ? 'ar' : patient.language ? 'en' : undefined} onClose={onClose} />;
}

type FormProps = { patientId: string; channel: Channel; language: 'en' | 'ar' | undefined; onClose: () => void };

function Form({ patientId, channel, language, onClose }: FormProps) {
  const { t } = useLang();
  const composing = useComposer({ patientId, channel, language, onClose });
  const { draft, refusal, sending, ready, send } = composing;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void send();
  };
  return (
    <form
      className={classes.composer}
      noValidate
      aria-label={t('messages.compose')}
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        void send();
      }}
    >
      <div className={classes.head}>
        <SegmentedControl
          aria-label={t('messages.channel')}
          value={draft.channel}
          onChange={(next) => composing.by(next as Channel)}
          data={(['sms', 'email'] as const).map((value) => ({ value, label: t(`messages.channel.${value}`) }))}
        />
        <SegmentedControl
          aria-label={t('messages.language')}
          value={draft.language}
          onChange={(next) => composing.speak(next as 'en' | 'ar')}
          data={(['en', 'ar'] as const).map((value) => ({ value, label: t(`messages.language.${value}`) }))}
        />
        <ActionIcon variant="subtle" color="gray" size={36} className={classes.close ?? ''} aria-label={t('messages.compose.discard')} onClick={composing.close}>
          <IconX size={18} />
        </ActionIcon>
      </div>
      {refusal ? (
        <Alert color="red" role="alert" py="xs">
          {refusal}
        </Alert>
      ) : null}
      <div className={classes.sides}>
        <Fields composing={composing} patientId={patientId} />
        <Suspense fallback={<span />}>
          <Preview composing={composing} />
        </Suspense>
      </div>
      <div className={classes.foot}>
        <Extras composing={composing} />
        <span className={classes.hint} aria-hidden>
          {t('messages.compose.hint')}
        </span>
        <Button type="submit" leftSection={composing.open.later ? <IconClock size={16} /> : <IconSend size={16} className={classes.plane} />} loading={sending} disabled={!ready}>
          {t(composing.open.later ? 'messages.compose.sendLater' : 'messages.compose.send')}
        </Button>
      </div>
    </form>
  );
}

function Fields({ composing, patientId }: { composing: Composing; patientId: string }) {
  const words = useLang();
  const { t } = words;
  const { draft, set, templates, choose, errors } = composing;
  const [naming, setNaming] = useState(false);
  // changed by hand, it is nobody's template any more
  const { field, insert } = useInsert(draft.text, (text) => set({ text, templateId: null }));
  return (
    <div className={classes.fields}>
      <div className={classes.pair}>
        <Select
          label={t('messages.compose.template')}
          placeholder={t('messages.compose.free')}
          data={templates.map((one) => ({ value: one.id, label: nameOf(words, one) }))}
          value={draft.templateId}
          onChange={choose}
          clearable
          searchable
          nothingFoundMessage={t('search.nothing')}
        />
        <VisitChoice patientId={patientId} settled={composing.resumed} value={draft.appointmentId} onChange={(appointmentId) => set({ appointmentId })} />
      </div>
      {draft.channel === 'email' ? (
        <TextInput label={t('messages.compose.subject')} lang={draft.language} dir={directionOf(draft.subject, draft.language)} maxLength={200} value={draft.subject} error={errors.subject} onChange={(event) => set({ subject: event.currentTarget.value, templateId: null })} />
      ) : null}
      <div className={classes.text}>
        <Textarea
          ref={field}
          label={t('messages.compose.text')}
          placeholder={t('messages.compose.textHint')}
          lang={draft.language}
          dir={directionOf(draft.text, draft.language)}
          autosize
          minRows={5}
          maxRows={14}
          maxLength={10_000}
          data-autofocus
          autoFocus
          value={draft.text}
          error={errors.text}
          onChange={(event) => set({ text: event.currentTarget.value, templateId: null })}
        />
        <Button variant="subtle" size="compact-sm" color="gray" leftSection={<IconVariable size={15} />} aria-expanded={naming} onClick={() => setNaming(!naming)}>
          {t('messages.variable')}
        </Button>
        <Suspense>{naming ? <Variables withVisit={!!draft.appointmentId} language={draft.language} onPick={insert} /> : null}</Suspense>
      </div>
      {draft.channel === 'email' && draft.files.length ? (
        <ul className={classes.files} aria-label={t('messages.compose.attached')}>
          {draft.files.map((file) => (
            <li key={file.id}>
              <IconPaperclip size={15} aria-hidden />
              <bdi>{file.name}</bdi>
              <ActionIcon variant="subtle" color="gray" size={28} aria-label={t('messages.compose.detach', { name: file.name })} onClick={() => set({ files: draft.files.filter((one) => one.id !== file.id) })}>
                <IconX size={14} />
              </ActionIcon>
            </li>
          ))}
        </ul>
      ) : null}
      {composing.open.replyTo && draft.channel === 'email' ? (
        <TextInput
          label={t('messages.compose.replyTo')}
          description={t('messages.compose.replyToHint')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          type="email"
          dir="ltr"
          maxLength={254}
          value={draft.replyTo}
          error={errors.replyTo}
          onChange={(event) => set({ replyTo: event.currentTarget.value })}
        />
      ) : null}
      {composing.open.later ? (
        <TextInput label={t('messages.compose.at')} type="datetime-local" className="ownDirection" w={240} value={draft.at} min={composing.now} error={errors.notBefore} onChange={(event) => set({ at: event.currentTarget.value })} />
      ) : null}
    </div>
  );
}

/** Files, another address for answers, another hour. */
function Extras({ composing }: { composing: Composing }) {
  const { t } = useLang();
  const { draft, set, open, toggle, attach, attaching } = composing;
  const picker = useRef<HTMLInputElement>(null);
  return (
    <div className={classes.extras}>
      {draft.channel === 'email' ? (
        <>
          <input
            ref={picker}
            type="file"
            multiple
            accept={accepted}
            hidden
            onChange={(event) => {
              void attach([...(event.currentTarget.files ?? [])]);
              // the same file may be chosen again
              event.currentTarget.value = '';
            }}
          />
          <Button variant="default" leftSection={<IconPaperclip size={16} />} loading={attaching} onClick={() => picker.current?.click()}>
            {t('messages.compose.attach')}
          </Button>
          <Button variant="subtle" color="gray" leftSection={<IconCornerUpLeft size={16} />} aria-pressed={open.replyTo} onClick={() => toggle('replyTo')}>
            {t('messages.compose.replyTo')}
          </Button>
        </>
      ) : null}
      <Button variant="subtle" color="gray" leftSection={<IconClock size={16} />} aria-pressed={open.later} onClick={() => toggle('later')}>
        {t('messages.compose.later')}
      </Button>
      <Checkbox label={t('messages.compose.advertising')} checked={draft.purpose === 'marketing'} disabled={!!draft.templateId} onChange={(event) => set({ purpose: event.currentTarget.checked ? 'marketing' : 'transactional' })} />
    </div>
  );
}
