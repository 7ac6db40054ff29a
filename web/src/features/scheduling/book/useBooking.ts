import { useState } from 'react';
import { useFields } from '@/shared/forms/useFields';
import { useRecordForm } from '@/shared/forms/useRecordForm';
import { useSendKey } from '@/shared/forms/useSubmit';
import { useLang } from '@/shared/i18n';
import { toast } from '@/shared/ui/toast';
import { type Appointment, useBook, useBookSeries } from '../api';
import { type Refusal, refusalOf } from '../refusal';
import type { Names } from '../useNames';
import { appointmentOf, type Draft, emptyDraft, holdOf, insteadOf, issuesOf, type Known, labels, seriesOf } from './draft';
import type { Chosen } from './Times';
import { useFocusLater } from './useFocusLater';
import { useKept } from './useKept';
import { whenText } from './when';

/** A booking while it is entered: the form, the time that is kept for it, what was refused, and sending it. */
export function useBooking(names: Names, known: Known, onDone: () => void) {
  const [empty] = useState(() => emptyDraft(known));
  const record = useRecordForm<Appointment, Draft>({ loaded: undefined, empty, draftOf: () => empty, issues: issuesOf });
  const { form } = record;
  const { values } = form;
  const { bind } = useFields(record, labels, false);
  const zone = names.zoneOf(values.locationId);
  const [refused, setRefused] = useState<Refusal>();
  const focus = useFocusLater();
  const [turn, setTurn] = useState(0);
  const kept = useKept(holdOf(values));
  const refusal = refused ?? refusalOf(kept.error);
  const { send, sending } = useSend(zone, kept.hold?.id);

  const set = (next: Partial<Draft>) => {
    setRefused(undefined);
    form.setValues(next);
    form.clearFieldError('start');
  };
  const choose = ({ start, providerIds }: Chosen) => set({ start, by: providerIds[0] ?? values.by, overbooking: undefined });
  /** One of the alternatives: the days above shall show it. */
  const takeInstead = (slot: Chosen) => {
    set(insteadOf(values, slot));
    setTurn((n) => n + 1);
  };
  /** Nothing is kept while something is booked over another, so what was said of it stays. */
  const over = (overbooking: string | undefined) => {
    setRefused(refusal);
    form.setValues({ overbooking });
  };
  const save = async (draft: Draft) => {
    setRefused(undefined);
    try {
      await send(draft);
    } catch (error) {
      const why = refusalOf(error);
      if (!why) throw error;
      setRefused(why);
      focus.ask();
      return;
    }
    onDone();
  };
  return { known, record, form, values, bind, zone, hold: kept.hold, refusal, busyRef: focus.ref, turn, set, choose, takeInstead, over, save, sending };
}

export type Booking = ReturnType<typeof useBooking>;

/** Sends it, as one visit or as a series, and says that it is booked. */
function useSend(zone: string, holdId: string | undefined) {
  const { t, lang } = useLang();
  const keyOf = useSendKey();
  const [one, series] = [useBook(), useBookSeries()];
  const send = async (draft: Draft) => {
    if (draft.repeats) {
      const body = seriesOf(draft, holdId);
      await series.mutateAsync({ body, key: keyOf(body) });
      toast.done(t('scheduling.book.bookedSeries', { count: body.times }));
    } else {
      const body = appointmentOf(draft, holdId);
      await one.mutateAsync({ body, key: keyOf(body) });
      toast.done(t('scheduling.book.booked', { when: whenText(lang, zone, draft.start) }));
    }
  };
  return { send, sending: one.isPending || series.isPending };
}
