import { Alert, Button, Group, Modal, Select, TextInput } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { appointmentListQuery } from '@/features/scheduling/api';
import { useSendKey } from '@/shared/forms/useSubmit';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { formatDateTime } from '@/shared/i18n/format';
import { toast } from '@/shared/ui/toast';
import { useRuns } from '../api';
import { subjectOf } from '../blocks';
import { PatientPicker } from '../fields/PatientPicker';
import { useRefs } from '../useRefs';
import type { Draft } from './Bar';
import classes from './Builder.module.css';
import { useBuilder } from './useBuilder';

type Props = { draft: Draft; test: boolean; onClose: () => void };

/** The workflow on one record: as a test of the draft, or the published one in earnest. */
export function TryDialog({ draft, test, onClose }: Props) {
  const { t } = useLang();
  const textOf = useErrorText();
  const navigate = useNavigate();
  const { workflow, blocks, definition, words } = useBuilder();
  const runs = useRuns();
  const keyOf = useSendKey();
  const subject = subjectOf(blocks, definition);
  const [id, setId] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  // each opening of the dialog is a test of its own
  const [turn] = useState(Date.now);

  const go = async () => {
    setBusy(true);
    setRefusal(undefined);
    try {
      await draft.flush();
      if (test) {
        const run = await runs.test(workflow.id, id, keyOf([workflow.id, id, turn]));
        await navigate({ to: '/workflows/runs/$id', params: { id: run.id } });
      } else {
        const { started, skipped } = await runs.start(workflow.id, id ? [id] : [], keyOf([workflow.id, id, turn]));
        toast.done(t(started ? 'workflows.started' : 'workflows.skipped', { count: started || skipped }));
        onClose();
      }
    } catch (error) {
      setRefusal(textOf(error));
      setBusy(false);
    }
  };

  return (
    <Modal opened onClose={onClose} size={480} title={t(test ? 'workflows.test' : 'workflows.start')} closeButtonProps={{ 'aria-label': t('action.close') }}>
      <div className={classes.dialog}>
        <p className={classes.hint}>{t(test ? 'workflows.test.text' : 'workflows.start.text')}</p>
        {subject ? <RecordPicker subject={subject} name={words.block(subject)} value={id} onChange={setId} /> : null}
        {refusal ? (
          <Alert color="red" role="alert" py="xs">
            {refusal}
          </Alert>
        ) : null}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button loading={busy} disabled={!!subject && !id} onClick={() => void go()}>
            {t(test ? 'workflows.test.go' : 'workflows.start.go')}
          </Button>
        </Group>
      </div>
    </Modal>
  );
}

type PickerProps = { subject: string; name: string; value: string | null; onChange: (id: string | null) => void };

function RecordPicker({ subject, name, value, onChange }: PickerProps) {
  const { t } = useLang();
  if (subject === 'patient') return <PatientPicker label={name} value={value} onChange={onChange} />;
  if (subject === 'appointment') return <AppointmentPicker value={value} onChange={onChange} />;
  return <TextInput label={name} description={t('workflows.pick.id')} className="ownDirection" spellCheck={false} value={value ?? ''} onChange={(event) => onChange(event.currentTarget.value.trim() || null)} />;
}

/** Whose, and which of theirs. */
function AppointmentPicker({ value, onChange }: Pick<PickerProps, 'value' | 'onChange'>) {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const { words } = useBuilder();
  const { nameOf } = useRefs();
  const [patient, setPatient] = useState<string | null>(null);
  const list = useInfiniteQuery({ ...appointmentListQuery({ patientId: patient ?? '', sort: '-start' }), enabled: !!patient });
  const all = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <PatientPicker
        label={words.block('patient')}
        value={patient}
        onChange={(next) => {
          setPatient(next);
          onChange(null);
        }}
      />
      <Select
        label={words.block('appointment')}
        disabled={!patient}
        data={all.map((one) => ({ value: one.id, label: `${formatDateTime(lang, timeZone, one.start)} · ${nameOf('service', one.serviceId ?? '') ?? ''}` }))}
        nothingFoundMessage={t('workflows.pick.nothing')}
        value={value}
        onChange={onChange}
      />
    </>
  );
}
