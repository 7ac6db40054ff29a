import { useLang } from '@/shared/i18n';
import { toast } from '@/shared/ui/toast';
import { useSendKey } from './useSubmit';

type Sends<V, R> = { mutateAsync: (variables: V) => Promise<R>; isPending: boolean };

type Options<R extends { id: string; version: number }, D, New, Change extends object> = {
  /** What the form changes; missing: a new record. */
  base: R | undefined;
  create: Sends<{ body: New; key: string }, R>;
  change: Sends<{ id: string; body: Change & { version: number } }, R>;
  newOf: (draft: D) => New;
  /** Only what is to be different. */
  changesOf: (draft: D, base: R) => Change;
  /** What to say of a new record. */
  created: string;
  onClose: () => void;
  /** Instead of closing, where a new record is looked at next. */
  onCreated?: ((record: R) => void) | undefined;
};

/** Sends what a form holds: a new record once, or what differs of one that is there, if anything. Throws the refusal. */
export function useSave<R extends { id: string; version: number }, D, New, Change extends object>(options: Options<R, D, New, Change>) {
  const { base, create, change, newOf, changesOf, created, onClose, onCreated = onClose } = options;
  const { t } = useLang();
  const keyOf = useSendKey();
  const save = async (draft: D) => {
    if (!base) {
      const body = newOf(draft);
      const record = await create.mutateAsync({ body, key: keyOf(body) });
      toast.done(created);
      return onCreated(record);
    }
    const changes = changesOf(draft, base);
    if (Object.keys(changes).length) {
      await change.mutateAsync({ id: base.id, body: { version: base.version, ...changes } });
      toast.done(t('form.saved'));
    }
    onClose();
  };
  return { save, busy: create.isPending || change.isPending };
}
