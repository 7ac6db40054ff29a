import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { toast } from './toast';

/**
 * Does something that can be taken back, without asking first: the toast has the way back. Promises, not a mutation's
 * callbacks: the row or drawer that asked is often gone by the time of the answer.
 */
export function useUndoable() {
  const { t } = useLang();
  const textOf = useErrorText();
  const attempt = <V>(work: () => Promise<V>): Promise<V | undefined> =>
    work().catch((error: unknown) => {
      toast.failed(textOf(error));
      return undefined;
    });
  return async <V>(work: () => Promise<V>, message: string, undo: (done: V) => Promise<unknown>) => {
    const done = await attempt(work);
    if (done !== undefined) toast.undoable(message, t('action.undo'), () => void attempt(() => undo(done)));
  };
}
