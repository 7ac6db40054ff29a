import { Alert, Button, Progress, Skeleton } from '@mantine/core';
import { IconAlertTriangle, IconFileOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { hasCode } from '@/shared/api/problem';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { formatNumber } from '@/shared/i18n/format';
import { Gate } from '@/shared/ui/Gate';
import { Empty, Failed } from '@/shared/ui/Page';
import { toast } from '@/shared/ui/toast';
import { Peek } from '../peek/Peek';
import { Subpage } from '../Subpage';
import { type Import, importQuery, isBusy, type Step, useCancelImport, useStep } from './api';
import classes from './Imports.module.css';
import { Matching } from './Matching';
import { Report } from './Report';

const route = getRouteApi('/inside/patients/imports/$id');

export function ImportPage() {
  return (
    <Gate title="imports.one" needs="patients.import">
      <Loaded />
    </Gate>
  );
}

function Loaded() {
  const { t } = useLang();
  const { id } = route.useParams();
  const found = useQuery(importQuery(id));
  const one = found.data;
  return (
    <Subpage up="/patients/imports" title={one && (one.files.join(', ') || t('imports.unnamed'))} sub={one && t('imports.rows', { count: one.rows })}>
      {one ? (
        <Wizard import={one} />
      ) : hasCode(found.error, 'not_found') ? (
        <Empty icon={<IconFileOff size={26} stroke={1.6} />} title={t('imports.gone')} text={t('imports.goneText')} />
      ) : found.error ? (
        <Failed error={found.error} retry={() => void found.refetch()} />
      ) : (
        <Skeleton h={220} />
      )}
      <Peek />
    </Subpage>
  );
}

/** From columns to a dry run to patients, and back. */
function Wizard({ import: one }: { import: Import }) {
  const textOf = useErrorText();
  const step = useStep();
  const go = (next: Step, of = one) => void step.mutateAsync({ import: of, step: next }).catch((error: unknown) => toast.failed(textOf(error)));
  if (isBusy(one)) return <Working import={one} />;
  return (
    <>
      <Stopped import={one} />
      {one.state === 'open' ? (
        <Matching key={one.version} import={one} onCheck={(now) => go('check', now)} checking={step.isPending} />
      ) : (
        <Report import={one} onStep={(next) => go(next)} going={step.isPending} />
      )}
    </>
  );
}

function Working({ import: one }: { import: Import }) {
  const { t, lang } = useLang();
  const cancel = useCancelImport();
  const { done = 0, total } = one.job ?? {};
  return (
    <section className={classes.panel} aria-live="polite">
      <b>{t(`imports.working.${one.task ?? 'check'}`)}</b>
      <Progress value={total ? (100 * done) / total : 0} striped animated aria-label={t(`imports.working.${one.task ?? 'check'}`)} />
      <div className={classes.foot}>
        <span className="tnum">{total ? t('imports.doneOf', { done: formatNumber(lang, done), total: formatNumber(lang, total) }) : ''}</span>
        <Button variant="default" onClick={() => cancel.mutate(one.id)} loading={cancel.isPending}>
          {t('action.cancel')}
        </Button>
      </div>
    </section>
  );
}

/** Why a job ended before its end. */
function Stopped({ import: one }: { import: Import }) {
  const { t } = useLang();
  const state = one.job?.state;
  if (!one.task || (state !== 'failed' && state !== 'cancelled')) return null;
  return (
    <Alert color="amber" variant="light" icon={<IconAlertTriangle />} title={t(state === 'failed' ? 'imports.failed' : 'imports.cancelled')}>
      {t(`imports.stopped.${one.task}`)}
    </Alert>
  );
}
