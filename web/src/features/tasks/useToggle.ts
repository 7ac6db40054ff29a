import { useCan } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { useUndoable } from '@/shared/ui/useUndoable';
import { type Task, useComplete, useDelete, useReopen, useRestore } from './api';

/** What is done with a task in passing, each with the way back. */
export function useToggle() {
  const { t } = useLang();
  const undoable = useUndoable();
  const [complete, reopen, remove, restore] = [useComplete(), useReopen(), useDelete(), useRestore()];
  return {
    may: useCan()('tasks.write'),
    toggle: (task: Task) =>
      task.status === 'open'
        ? undoable(() => complete.mutateAsync(task), t('tasks.completed'), (now) => reopen.mutateAsync(now))
        : undoable(() => reopen.mutateAsync(task), t('tasks.reopened'), (now) => complete.mutateAsync(now)),
    remove: (task: Task) => undoable(() => remove.mutateAsync(task), t('tasks.deleted'), (now) => restore.mutateAsync(now)),
  };
}
