import { useRef, useState } from 'react';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { toast } from '@/shared/ui/toast';
import { type Appointment, type Item, type Slot, useMove, useSetStatus } from '../api';
import { backTo, type Move } from '../moved';
import { type Refusal, refusalOf } from '../refusal';

/** What could not be moved, and why. */
export type Refused = { item: Item; body: Move; refusal: Refusal; done: (now: Appointment) => string };

/** Moves that are shown at once, can be taken back, and go back by themselves when the server refuses. */
export function useMoves() {
  const { t } = useLang();
  const textOf = useErrorText();
  const move = useMove();
  const setStatus = useSetStatus();
  const [refused, setRefused] = useState<Refused>();
  /** What is under way, by appointment: who drags the same one twice must not be told that somebody else changed it. */
  const under = useRef(new Map<string, Promise<Appointment | undefined>>());

  const undo = async (item: Item, moved: Appointment) => {
    try {
      const back = await move.mutateAsync({ id: item.id, body: backTo(item, moved) });
      // another time needs another confirmation, the old one does not
      if (item.status === 'confirmed' && back.status === 'scheduled') await setStatus.mutateAsync({ id: back.id, version: back.version, status: 'confirmed' });
    } catch (error) {
      toast.failed(textOf(error));
    }
  };

  const attempt = (item: Item, asked: Move, done: (now: Appointment) => string) => {
    const work = async () => {
      const before = await under.current.get(item.id);
      const body = before ? { ...asked, version: before.version } : asked;
      try {
        const now = await move.mutateAsync({ id: item.id, body });
        toast.undoable(done(now), t('action.undo'), () => void undo(item, now));
        return now;
      } catch (error) {
        const refusal = refusalOf(error);
        if (refusal) setRefused({ item, body, refusal, done });
        else toast.failed(textOf(error));
        return undefined;
      }
    };
    const answer = work();
    under.current.set(item.id, answer);
    void answer.finally(() => {
      if (under.current.get(item.id) === answer) under.current.delete(item.id);
    });
  };

  /** One of the alternatives, with whom it was wanted if they are free then. */
  const take = ({ item, body, done }: Refused, slot: Slot) => {
    setRefused(undefined);
    const wanted = body.providerIds ?? item.providerIds;
    const main = slot.providerIds.includes(wanted[0] ?? '') ? wanted[0] : slot.providerIds[0];
    attempt(item, { ...body, start: slot.start, ...(main ? { providerIds: [...new Set([main, ...wanted.slice(1)])] } : {}) }, done);
  };

  /** Where it was wanted, over what is there, for a reason. */
  const over = ({ item, body, done }: Refused, overbooking: string) => {
    setRefused(undefined);
    attempt(item, { ...body, overbooking }, done);
  };

  return { attempt, refused, take, over, leave: () => setRefused(undefined) };
}
