import { Button, Skeleton, Title } from '@mantine/core';
import { IconLink, IconUnlink } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { namesOf } from '@/features/patients/person';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { toast } from '@/shared/ui/toast';
import { useUndoable } from '@/shared/ui/useUndoable';
import { type Case, useChangeCase } from '../cases/api';
import classes from './Case.module.css';

const PatientPick = lazy(() => import('@/features/messaging/PatientPick').then((m) => ({ default: m.PatientPick })));

/** Who of the practice's patients the case is about: found by search, opened, and taken away again. */
export function PatientCard({ one, mayWrite }: { one: Case; mayWrite: boolean }) {
  const { t, lang } = useLang();
  const textOf = useErrorText();
  const change = useChangeCase();
  const undoable = useUndoable();
  const [picking, setPicking] = useState(false);
  const link = (of: Pick<Case, 'id' | 'version'>, patientId: string | null) => change.mutateAsync({ id: of.id, body: { version: of.version, patientId } });
  const choose = async (patientId: string | null) => {
    if (!patientId) return;
    try {
      await link(one, patientId);
      setPicking(false);
    } catch (error) {
      toast.failed(textOf(error));
    }
  };
  const { patient } = one;
  return (
    <section className={classes.card} aria-labelledby="case-patient">
      <div className={classes.cardHead}>
        <Title order={2} id="case-patient">
          {t('cases.card.patient')}
        </Title>
        {mayWrite && !patient && !picking ? (
          <Button variant="subtle" size="compact-sm" leftSection={<IconLink size={15} />} onClick={() => setPicking(true)}>
            {t('cases.link')}
          </Button>
        ) : null}
      </div>
      {patient ? (
        <div className={classes.patient}>
          <Link to="/patients/$id" params={{ id: patient.id }} search={{}}>
            <bdi>{namesOf(patient, lang).name}</bdi>
          </Link>
          {mayWrite ? (
            <Button variant="subtle" color="gray" size="compact-sm" leftSection={<IconUnlink size={15} />} onClick={() => void undoable(() => link(one, null), t('cases.unlinked'), (now) => link(now, patient.id))}>
              {t('cases.unlink')}
            </Button>
          ) : null}
        </div>
      ) : picking ? (
        <Suspense fallback={<Skeleton h={36} />}>
          <PatientPick label={t('cases.link')} labelHidden value={null} onChange={(id) => void choose(id)} />
        </Suspense>
      ) : (
        <p className={classes.none}>{t('cases.noPatient')}</p>
      )}
    </section>
  );
}
