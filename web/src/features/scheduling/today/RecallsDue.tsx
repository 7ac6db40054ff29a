import { Button, UnstyledButton } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { namesOf } from '@/features/patients/person';
import { useLang } from '@/shared/i18n';
import { recallsQuery } from '../recalls/api';
import { useDue } from '../recalls/useDue';
import type { Names } from '../useNames';
import { Call } from './Call';
import classes from './Today.module.css';
import { Worklist } from './Worklist';

const RecallDrawer = lazy(() => import('../recalls/RecallDrawer').then((m) => ({ default: m.RecallDrawer })));

/** Who should come again and has not been reached: call, note it, book. */
export function RecallsDue({ names }: { names: Names }) {
  const { t, lang } = useLang();
  const { today, dueText } = useDue();
  const [open, setOpen] = useState<string>();
  const due = useInfiniteQuery(recallsQuery({ to: today }));
  const rows = due.data?.pages.flatMap((page) => page.items);
  return (
    <>
      <Worklist
        title={t('recalls.today.title')}
        rows={rows}
        error={due.error}
        retry={() => void due.refetch()}
        keyOf={(recall) => recall.id}
        done={t('recalls.today.done')}
        foot={
          rows?.length ? (
            <div className={classes.all}>
              <Button variant="subtle" size="compact-sm" renderRoot={(props) => <Link {...props} to="/recalls" search={{}} />}>
                {t('scheduling.today.wholeList')}
              </Button>
            </div>
          ) : null
        }
      >
        {(recall) => {
          const { name } = namesOf(recall.patient, lang);
          return (
            <>
              <UnstyledButton data-row={recall.id} className={classes.who} onClick={() => setOpen(recall.id)}>
                <b>
                  <bdi className="cut">{name}</bdi>
                </b>
                <span>
                  <bdi>{names.serviceName(recall.serviceId)}</bdi> · {dueText(recall)}
                </span>
              </UnstyledButton>
              <Call name={name} phone={recall.patient.phone} />
              <Button size="compact-sm" variant="light" aria-label={t('recalls.today.doOne', { name })} onClick={() => setOpen(recall.id)}>
                {t('recalls.today.do')}
              </Button>
            </>
          );
        }}
      </Worklist>
      <Suspense>{open ? <RecallDrawer id={open} names={names} onClose={() => setOpen(undefined)} /> : null}</Suspense>
    </>
  );
}
