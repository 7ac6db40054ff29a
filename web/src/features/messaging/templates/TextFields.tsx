import { Tabs, Textarea, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { useFields } from '@/shared/forms/useFields';
import type { RecordForm } from '@/shared/forms/useRecordForm';
import { useLang } from '@/shared/i18n';
import { type Language, renderQuery, type Template } from '../api';
import { PatientPick } from '../PatientPick';
import { VisitChoice } from '../conversation/VisitChoice';
import { type Draft, partsOf, previewed } from './draft';
import { Rendered } from './Rendered';
import classes from './Templates.module.css';
import { useInsert } from './useInsert';
import { Variables } from './Variables';

const TYPING_MS = 250;
const languages = ['en', 'ar'] as const;

type Props = { record: RecordForm<Template, Draft>; readOnly: boolean; bind: ReturnType<typeof useFields<Template, Draft>>['bind'] };

/** The words in each language, with what they become beneath. */
export function TextFields({ record, readOnly, bind }: Props) {
  const { t, lang } = useLang();
  const [language, setLanguage] = useState<Language>(lang);
  const { values, errors } = record.form;
  const missing = (one: Language) => partsOf(one).some((field) => errors[field] ?? errors[`texts.${field}`]);
  // what was refused is shown, wherever it stands
  const wrong = languages.find(missing);
  useEffect(() => {
    if (wrong && !missing(language)) setLanguage(wrong);
  }, [wrong]);
  return (
    <Tabs value={language} onChange={(next) => setLanguage(next === 'ar' ? 'ar' : 'en')} keepMounted={false} className={classes.languages}>
      <Tabs.List aria-label={t('messages.templates.languages')}>
        {languages.map((one) => (
          <Tabs.Tab key={one} value={one} rightSection={missing(one) ? <span className={classes.missing}>{t('messages.templates.tab.missing')}</span> : null}>
            {t(`messages.language.${one}`)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {languages.map((one) => (
        <Tabs.Panel key={one} value={one}>
          <Words language={one} record={record} readOnly={readOnly} bind={bind} />
          <PreviewWith draft={values} language={one} />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}

function Words({ language, record, readOnly, bind }: Props & { language: Language }) {
  const { t } = useLang();
  const { form } = record;
  const [subject, text] = partsOf(language);
  const { field, insert } = useInsert(form.values[text], (next) => form.setFieldValue(text, next));
  const said = { lang: language, dir: language === 'ar' ? 'rtl' : 'ltr' } as const;
  const error = (of: typeof subject | typeof text) => form.errors[of] ?? form.errors[`texts.${of}`];
  return (
    <div className={classes.words}>
      {form.values.channel === 'email' ? <TextInput {...bind(subject)} {...said} maxLength={200} error={error(subject)} /> : null}
      <Textarea
        {...bind(text)}
        {...said}
        ref={field}
        autosize
        minRows={5}
        maxRows={16}
        maxLength={5000}
        placeholder={t('messages.templates.emptyHere', { language: t(`messages.language.${language}`) })}
        error={error(text)}
      />
      {readOnly ? null : <Variables language={language} onPick={insert} />}
    </div>
  );
}

/** As it will be for somebody: with samples, or for a patient and their visit. */
function PreviewWith({ draft, language }: { draft: Draft; language: Language }) {
  const { t } = useLang();
  const [patientId, setPatientId] = useState<string | null>(null);
  const [appointmentId, setAppointmentId] = useState<string | null>(null);
  const texts = previewed(draft, language);
  const [asked] = useDebouncedValue(JSON.stringify({ channel: draft.channel, language, texts, ...(patientId ? { patientId, ...(appointmentId ? { appointmentId } : {}) } : {}) }), TYPING_MS);
  const rendered = useQuery(renderQuery(JSON.parse(asked))).data;
  // the same words are asked about in both languages, and what is wrong with them is told twice
  const own = rendered && { ...rendered, problems: rendered.problems.filter(({ field }) => !field.endsWith(language === 'ar' ? 'En' : 'Ar')) };
  return (
    <section className={classes.preview} aria-label={t('messages.templates.preview')}>
      <div className={classes.with}>
        <PatientPick
          label={t('messages.templates.previewOn')}
          placeholder={t('messages.templates.previewSample')}
          value={patientId}
          clearable
          onChange={(id) => {
            setPatientId(id);
            setAppointmentId(null);
          }}
        />
        {patientId ? <VisitChoice patientId={patientId} value={appointmentId} onChange={setAppointmentId} /> : null}
      </div>
      <Rendered channel={draft.channel} text={texts.textEn ? own : undefined} waits={t('messages.compose.previewWaits')} />
    </section>
  );
}
