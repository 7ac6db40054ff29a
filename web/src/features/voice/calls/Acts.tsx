import { Button } from '@mantine/core';
import { IconArrowBackUp, IconCalendarPlus, IconCheck, IconChecklist } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { TaskDrawer } from '@/features/tasks/lazy';
import { useCan } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { toast } from '@/shared/ui/toast';
import { type CallDetail, useReview } from './api';
import classes from './Calls.module.css';
import { usePatientOf } from './PatientOf';
import { useCallWords } from './words';

const BookDrawer = lazy(() => import('@/features/scheduling/BookDrawer').then((m) => ({ default: m.BookDrawer })));

/** Notes that a call was looked at, or is to be looked at again. */
export function useLooked(call: CallDetail) {
  const textOf = useErrorText();
  const review = useReview();
  const set = (done: boolean) => review.mutate({ id: call.id, version: call.version, done }, { onError: (error) => toast.failed(textOf(error)) });
  return { set, busy: review.isPending };
}

/** What may follow from a call that is over: a visit, a task, and that it was looked at. */
export function Acts({ call }: { call: CallDetail }) {
  const { t } = useLang();
  const can = useCan();
  const words = useCallWords();
  const patient = usePatientOf(call);
  const looked = useLooked(call);
  const [doing, setDoing] = useState<'book' | 'task'>();
  const close = () => setDoing(undefined);
  if (call.state !== 'ended') return null;
  const mayBook = patient.id && (can('appointments.write') || can('appointments.write_own'));
  return (
    <div className={classes.acts}>
      {mayBook ? (
        <Button variant="default" leftSection={<IconCalendarPlus size={16} />} onClick={() => setDoing('book')}>
          {t('calls.book')}
        </Button>
      ) : null}
      {can('tasks.write') ? (
        <Button variant="default" leftSection={<IconChecklist size={16} />} onClick={() => setDoing('task')}>
          {t('calls.task')}
        </Button>
      ) : null}
      {!can('calls.review') || call.review === 'none' ? null : call.review === 'open' ? (
        <Button leftSection={<IconCheck size={16} />} loading={looked.busy} onClick={() => looked.set(true)}>
          {t('calls.seen')}
        </Button>
      ) : (
        <Button variant="subtle" color="gray" leftSection={<IconArrowBackUp size={16} className={classes.back} />} loading={looked.busy} onClick={() => looked.set(false)}>
          {t('calls.unseen')}
        </Button>
      )}
      <Suspense>
        {doing === 'book' ? <BookDrawer opened patientId={patient.id} onClose={close} /> : null}
        {doing === 'task' ? <TaskDrawer patientId={patient.id ?? null} title={t('calls.task.title', { about: words.about(call) })} onClose={close} /> : null}
      </Suspense>
    </div>
  );
}
