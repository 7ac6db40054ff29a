import { Button, UnstyledButton } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Suspense, useState } from 'react';
import { namesOf } from '@/features/patients/person';
import { tasksQuery } from '@/features/tasks/api';
import { Check } from '@/features/tasks/Check';
import { useDueText } from '@/features/tasks/due';
import { TaskDrawer } from '@/features/tasks/lazy';
import { useLang } from '@/shared/i18n';
import classes from './Today.module.css';
import { Worklist } from './Worklist';

/** What I, or those in my role, have to do today or should have done: check it off, or open it. */
export function TasksDue() {
  const { t, lang } = useLang();
  const { today, dueText } = useDueText();
  const [open, setOpen] = useState<string>();
  const due = useInfiniteQuery(tasksQuery({ mine: true, dueUntil: today }));
  const rows = due.data?.pages.flatMap((page) => page.items);
  return (
    <>
      <Worklist
        title={t('tasks.today.title')}
        rows={rows}
        error={due.error}
        retry={() => void due.refetch()}
        keyOf={(task) => task.id}
        done={t('tasks.today.done')}
        foot={
          <div className={classes.all}>
            <Button variant="subtle" size="compact-sm" renderRoot={(props) => <Link {...props} to="/tasks" search={{}} />}>
              {t('tasks.today.all')}
            </Button>
          </div>
        }
      >
        {(task) => (
          <>
            <Check task={task} />
            <UnstyledButton data-row={task.id} className={classes.who} onClick={() => setOpen(task.id)}>
              <b>
                <bdi className="cut">{task.title}</bdi>
              </b>
              <span className={task.overdue ? classes.late : undefined}>
                {dueText(task)}
                {task.patient ? (
                  <>
                    {' · '}
                    <bdi>{namesOf(task.patient, lang).name}</bdi>
                  </>
                ) : null}
              </span>
            </UnstyledButton>
          </>
        )}
      </Worklist>
      <Suspense>{open ? <TaskDrawer id={open} onClose={() => setOpen(undefined)} /> : null}</Suspense>
    </>
  );
}
