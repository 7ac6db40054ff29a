import { UnstyledButton } from '@mantine/core';
import { IconCircle, IconCircleCheckFilled } from '@tabler/icons-react';
import { useLang } from '@/shared/i18n';
import type { Task } from './api';
import classes from './Tasks.module.css';
import { useToggle } from './useToggle';

/** Whether a task is done, and the way to say so. */
export function Check({ task }: { task: Task }) {
  const { t } = useLang();
  const { may, toggle } = useToggle();
  const done = task.status === 'done';
  const Icon = done ? IconCircleCheckFilled : IconCircle;
  return (
    <UnstyledButton role="checkbox" aria-checked={done} aria-label={t('tasks.doneOne', { title: task.title })} className={classes.check} disabled={!may} onClick={() => void toggle(task)}>
      <Icon size={20} stroke={1.7} aria-hidden />
    </UnstyledButton>
  );
}
