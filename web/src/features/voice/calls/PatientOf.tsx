import { Button, Group, Modal } from '@mantine/core';
import { IconUserSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { PatientPick } from '@/features/messaging/PatientPick';
import { namesOf } from '@/features/patients/person';
import { useCan } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { toast } from '@/shared/ui/toast';
import { type CallDetail, type Case, caseQuery, useLinkPatient } from './api';
import classes from './Calls.module.css';

/** Whom a call is about: the patient of the call, else the one that its case was given meanwhile. */
export function usePatientOf(call: CallDetail) {
  const may = useCan()('cases.read');
  const one = useQuery({ ...caseQuery(call.caseId ?? ''), enabled: may && !call.patientId && !!call.caseId }).data;
  return { case: one, id: call.patientId ?? one?.patientId ?? undefined, names: call.patient ?? one?.patient ?? undefined };
}

/** How whoever it is about is called, which leads to their record. */
export function PatientName({ call }: { call: CallDetail }) {
  const { t, lang } = useLang();
  const mayLook = useCan()('patients.read');
  const { id, names } = usePatientOf(call);
  const name = <bdi>{names ? namesOf(names, lang).name : t(id ? 'calls.patient.open' : 'calls.somebody')}</bdi>;
  if (!id || !mayLook) return name;
  return (
    <Link to="/patients/$id" params={{ id }} className={classes.name}>
      {name}
    </Link>
  );
}

/** The way to say who it is, where that is not known. */
export function LinkPatient({ call }: { call: CallDetail }) {
  const { t } = useLang();
  const can = useCan();
  const patient = usePatientOf(call);
  const [linking, setLinking] = useState(false);
  if (patient.id || !patient.case || !can('cases.write') || !can('patients.read')) return null;
  return (
    <>
      <Button size="xs" variant="light" leftSection={<IconUserSearch size={15} />} onClick={() => setLinking(true)}>
        {t('calls.patient.link')}
      </Button>
      {linking ? <LinkDialog of={patient.case} onClose={() => setLinking(false)} /> : null}
    </>
  );
}

function LinkDialog({ of, onClose }: { of: Case; onClose: () => void }) {
  const { t } = useLang();
  const textOf = useErrorText();
  const link = useLinkPatient();
  const [patientId, setPatientId] = useState<string | null>(null);
  const save = () =>
    patientId
      ? link.mutateAsync({ id: of.id, version: of.version, patientId }).then(
          () => {
            toast.done(t('calls.patient.linked'));
            onClose();
          },
          (error: unknown) => toast.failed(textOf(error)),
        )
      : undefined;
  return (
    <Modal opened onClose={onClose} title={t('calls.patient.link')} closeButtonProps={{ 'aria-label': t('action.close') }}>
      <PatientPick label={t('calls.patient')} value={patientId} onChange={setPatientId} />
      <Group justify="flex-end" gap="xs" mt="md">
        <Button variant="default" onClick={onClose}>
          {t('action.cancel')}
        </Button>
        <Button disabled={!patientId} loading={link.isPending} onClick={() => void save()}>
          {t('calls.patient.go')}
        </Button>
      </Group>
    </Modal>
  );
}
