import { UnstyledButton } from '@mantine/core';
import { IconFlag3Filled } from '@tabler/icons-react';
import { namesOf } from '@/features/patients/person';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDateTime } from '@/shared/i18n/format';
import { onRowKeys } from '@/shared/ui/rowKeys';
import type { Task } from './api';
import { useAssignees } from './assignee';
import { Check } from './Check';
import { useDueText } from './due';
import classes from './Tasks.module.css';

type Props = {
  tasks: readonly Task[];
  label: string;
  /** Within a card of a patient's: without the patient, and narrow. */
  narrow?: boolean;
  onOpen: (id: string) => void;
};

/** Tasks, each to be checked off, and to be opened. */
export function TaskRows({ tasks, label, narrow = false, onOpen }: Props) {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const { dueText } = useDueText();
  const { nameOf } = useAssignees();
  return (
    <ul className={classes.rows} aria-label={label} data-narrow={narrow || undefined} onKeyDown={onRowKeys}>
      {tasks.map((task) => {
        const done = task.status === 'done';
        const when = done && task.doneAt ? t('tasks.doneAt', { when: formatDateTime(lang, timeZone, task.doneAt) }) : dueText(task);
        return (
          <li key={task.id} className={classes.row} data-done={done || undefined}>
            <Check task={task} />
            <UnstyledButton data-row={task.id} className={classes.open} onClick={() => onOpen(task.id)}>
              <span className={classes.what}>
                <b>
                  {task.priority === 'high' ? <IconFlag3Filled size={14} className={classes.high} role="img" aria-label={t('tasks.high')} /> : null}
                  <bdi>{task.title}</bdi>
                </b>
                {task.text && !narrow ? (
                  <span className={classes.text}>
                    <bdi className="cut">{task.text}</bdi>
                  </span>
                ) : null}
              </span>
              {narrow ? null : <span className={classes.cell}>{task.patient ? <bdi className="cut">{namesOf(task.patient, lang).name}</bdi> : null}</span>}
              <span className={classes.cell} data-was={task.wasAssignedTo ? true : undefined}>
                <bdi className="cut">{nameOf(task) ?? t('tasks.nobody')}</bdi>
              </span>
              <span className={classes.cell} data-late={task.overdue || undefined}>
                {when}
              </span>
            </UnstyledButton>
          </li>
        );
      })}
    </ul>
  );
}
