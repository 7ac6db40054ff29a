import { useQueryClient } from '@tanstack/react-query';
import { ApiProblem, hasCode } from '@/shared/api/problem';
import { useCan, useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { toast } from '@/shared/ui/toast';
import { type Appointment, appointmentQuery, useCheckOut, useSetStatus } from '../api';
import { type Step, stepsBack } from './stages';

/** Whether the person may change an appointment: everybody's, or what they are the provider of. */
export function useMayChange() {
  const can = useCan();
  const { user } = useSession();
  return ({ providerIds }: Pick<Appointment, 'providerIds'>) => can('appointments.write') || (can('appointments.write_own') && providerIds.includes(user.id));
}

/** What to do about a change that was refused: says why, and shows what others made of it meanwhile. */
export function useRefused() {
  const { t } = useLang();
  const textOf = useErrorText();
  const client = useQueryClient();
  return (error: unknown) => {
    if (error instanceof ApiProblem && error.problem.status === 409) {
      const current = error.problem.current as Partial<Appointment> | undefined;
      if (current?.id) client.setQueryData(appointmentQuery(current.id).queryKey, current as Appointment);
      void client.invalidateQueries({ queryKey: ['appointment'] });
    }
    toast.failed(hasCode(error, 'version.stale') ? t('scheduling.visit.stale') : textOf(error));
  };
}

/** Brings a visit to another stage; the toast has the way back. */
export function useSteps() {
  const { t } = useLang();
  const refused = useRefused();
  const setStatus = useSetStatus();
  const checkOut = useCheckOut();
  const walk = async (from: Appointment, steps: Step[]) => {
    let now = from;
    for (const step of steps) {
      const at = { id: now.id, version: now.version };
      now = 'checkOut' in step ? await checkOut.mutateAsync(at) : await setStatus.mutateAsync({ ...at, status: step.status });
    }
    return now;
  };
  /** Throws nothing; answers with the visit as it is then, or with nothing where it was refused. `onRefused` may take a refusal over. */
  const go = async (before: Appointment, steps: Step[], message: string, onRefused = refused): Promise<Appointment | undefined> => {
    try {
      const now = await walk(before, steps);
      const back = stepsBack(before, now);
      if (back.length) toast.undoable(message, t('action.undo'), () => void walk(now, back).catch(refused));
      else toast.done(message);
      return now;
    } catch (error) {
      onRefused(error);
      return undefined;
    }
  };
  return { go, busy: setStatus.isPending || checkOut.isPending };
}
