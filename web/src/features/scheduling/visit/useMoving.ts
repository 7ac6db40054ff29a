import { useState } from 'react';
import { orNull } from '@/shared/forms/merge';
import { useLang } from '@/shared/i18n';
import { toast } from '@/shared/ui/toast';
import { type Appointment, useMove } from '../api';
import type { Chosen } from '../book/Times';
import { useFocusLater } from '../book/useFocusLater';
import { whenText } from '../book/when';
import { backTo } from '../moved';
import { type Refusal, refusalOf } from '../refusal';
import { changesOf, insteadOf, lengthIsThere, type Moving, movingOf } from './moving';
import { useRefused } from './useSteps';

/** A move while it is entered: where to, what was refused, and sending it. */
export function useMoving(a: Appointment, onDone: () => void) {
  const { t, lang } = useLang();
  const refused = useRefused();
  const move = useMove();
  const [to, setTo] = useState(() => movingOf(a));
  const [over, setOver] = useState<string>();
  const [refusal, setRefusal] = useState<Refusal>();
  const [turn, setTurn] = useState(0);
  const focus = useFocusLater();

  const set = (next: Partial<Moving>) => setTo((now) => ({ ...now, ...next }));
  const calm = () => {
    setRefusal(undefined);
    setOver(undefined);
  };
  const choose = ({ start }: Chosen) => {
    set({ start });
    calm();
  };
  const takeInstead = (slot: Chosen) => {
    setTo((now) => insteadOf(now, slot));
    calm();
    setTurn((n) => n + 1);
  };

  const right = lengthIsThere(to);
  const changes = changesOf(a, to);
  const same = !Object.keys(changes).length;
  const go = async () => {
    const why = orNull(over ?? '');
    try {
      const now = await move.mutateAsync({ id: a.id, body: { version: a.version, ...changes, ...(why ? { overbooking: why } : {}) } });
      toast.undoable(t('scheduling.move.done', { when: whenText(lang, now.timeZone, now.start) }), t('action.undo'), () => void move.mutateAsync({ id: a.id, body: backTo(a, now) }).catch(refused));
      onDone();
    } catch (error) {
      const busy = refusalOf(error);
      if (!busy) return refused(error);
      setRefusal(busy);
      focus.ask();
    }
  };
  return { to, set, choose, takeInstead, right, changes, same, ready: right && !same, go, sending: move.isPending, refusal, over, setOver, turn, busyRef: focus.ref };
}
