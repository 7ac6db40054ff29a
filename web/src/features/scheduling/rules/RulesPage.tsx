import { Alert, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useCan } from '@/shared/auth/session';
import { Conflict } from '@/shared/forms/Conflict';
import forms from '@/shared/forms/forms.module.css';
import { changedFields } from '@/shared/forms/merge';
import { useFields } from '@/shared/forms/useFields';
import { useRecordForm } from '@/shared/forms/useRecordForm';
import { useSubmit } from '@/shared/forms/useSubmit';
import { type MessageId, useLang } from '@/shared/i18n';
import { wholeOf } from '@/shared/i18n/digits';
import { Gate } from '@/shared/ui/Gate';
import { Failed, PageHeader } from '@/shared/ui/Page';
import { SaveBar } from '@/shared/ui/SaveBar';
import { Section, Sections, SectionsWaiting } from '@/shared/ui/Sections';
import { toast } from '@/shared/ui/toast';
import { type Settings, settingsQuery, useSetSettings } from '../api';
import { useDuration } from '../today/useDuration';
import { type Draft, draftOf, type Field, issuesOf, labels, rulesOf, withDraft } from './draft';
import { Reasons } from './Reasons';
import classes from './Rules.module.css';

export function RulesPage() {
  return (
    <Gate title="nav.scheduling" needs="appointments.read">
      <Loaded />
    </Gate>
  );
}

function Loaded() {
  const { t } = useLang();
  const settings = useQuery(settingsQuery);
  const canWrite = useCan()('appointments.configure');
  return (
    <>
      <PageHeader title={t('nav.scheduling')} sub={t('scheduling.rules.sub')} />
      {settings.data ? (
        <Sections readOnly={!canWrite}>
          <RulesForm loaded={settings.data} readOnly={!canWrite} />
          <Section title="scheduling.rules.reasons" text="scheduling.rules.reasonsText">
            <Reasons settings={settings.data} canWrite={canWrite} refetch={() => void settings.refetch()} />
          </Section>
        </Sections>
      ) : settings.error ? (
        <Failed error={settings.error} retry={() => void settings.refetch()} />
      ) : (
        <SectionsWaiting />
      )}
    </>
  );
}

function RulesForm({ loaded, readOnly }: { loaded: Settings; readOnly: boolean }) {
  const { t } = useLang();
  const durationOf = useDuration();
  const set = useSetSettings();
  const record = useRecordForm<Settings, Draft>({ loaded, empty: draftOf(loaded), draftOf, issues: issuesOf });
  const { base = loaded, form, newer } = record;
  const save = async (draft: Draft) => {
    record.begin(await set.mutateAsync({ version: base.version, rules: withDraft(rulesOf(base), draft) }));
    toast.done(t('form.saved'));
  };
  const { ref, refusal, forget, onSubmit } = useSubmit({ record, loaded, readOnly, busy: set.isPending, save });
  const { bind } = useFields(record, labels, readOnly);
  const changed = newer ? changedFields(draftOf(base), draftOf(newer)).map((field) => t(labels[field])) : [];
  const number = (field: Field, unit: MessageId) => {
    const value = wholeOf(form.values[field]);
    const inWords = unit === 'unit.min' && value !== undefined && value >= 60 ? durationOf(value) : undefined;
    return <TextInput {...bind(field, inWords)} className="ownDirection tnum" inputMode="numeric" maxLength={6} rightSection={<span className={classes.unit}>{t(unit)}</span>} rightSectionWidth={72} />;
  };
  return (
    <form ref={ref} noValidate onSubmit={onSubmit} aria-label={t('nav.scheduling')} className={classes.form}>
      {newer ? <Conflict fields={changed} changedAt={newer.updatedAt ?? undefined} onLoad={record.loadNewer} /> : null}
      {refusal ? (
        <Alert color="red" role="alert" py="xs">
          {refusal}
        </Alert>
      ) : null}
      <Section title="scheduling.rules.rhythm" text="scheduling.rules.rhythmText">
        <div className={forms.two}>
          {number('slotMinutes', 'unit.min')}
          {number('holdMinutes', 'unit.min')}
        </div>
      </Section>
      <Section title="scheduling.rules.patients" text="scheduling.rules.patientsText">
        <div className={forms.two}>
          {number('noticeMinutes', 'unit.min')}
          {number('horizonDays', 'scheduling.rules.days')}
        </div>
        <div className={forms.two}>
          {number('cancelCutoffMinutes', 'unit.min')}
          {number('moveCutoffMinutes', 'unit.min')}
        </div>
        <div className={forms.two}>{number('mostMoves', 'scheduling.rules.times')}</div>
      </Section>
      <SaveBar
        dirty={record.dirty && !readOnly}
        busy={set.isPending}
        blocked={!!newer}
        onDiscard={() => {
          forget();
          record.begin(newer ?? base);
        }}
      />
    </form>
  );
}
