import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { conversationQuery } from '@/features/messaging/api';
import { patientQuery } from '@/features/patients/api';
import { policiesQuery } from '@/features/patients/insurance/api';
import { namesOf } from '@/features/patients/person';
import { appointmentListQuery, appointmentQuery } from '@/features/scheduling/api';
import { recallQuery, recallsQuery } from '@/features/scheduling/recalls/api';
import { openingsQuery, wishesQuery, wishQuery } from '@/features/scheduling/waitlist/api';
import { taskQuery, tasksQuery } from '@/features/tasks/api';
import { ApiProblem } from '@/shared/api/problem';
import { useCan, useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDateTime, formatDayShort } from '@/shared/i18n/format';
import { type Choice, useRefs } from './useRefs';

/** Kinds of records that are somebody's: one says whose, and chooses among theirs. */
const ofPatients = ['appointment', 'wish', 'recall', 'policy', 'message'] as const;
type OfPatient = (typeof ofPatients)[number];
/** Kinds of which there are few enough to choose from. */
const listed = ['task', 'opening'] as const;
type Listed = (typeof listed)[number];

const isIn = <K extends string>(kinds: readonly K[], of: string): of is K => (kinds as readonly string[]).includes(of);
export const isOfPatient = (of: string): of is OfPatient => isIn(ofPatients, of);
export const isListed = (of: string): of is Listed => isIn(listed, of);
/** Whether records of that kind are looked for; others are known by their id alone. */
export const isPicked = (of: string) => of === 'patient' || isOfPatient(of) || isListed(of);

/** How records are called where one is chosen. */
function useLabels() {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const { nameOf } = useRefs();
  const joined = (...parts: (string | null | undefined)[]) => parts.filter(Boolean).join(' · ');
  const moment = (at: string) => formatDateTime(lang, timeZone, at);
  const day = (date: string) => formatDayShort(lang, date);
  const service = (id: string | null | undefined) => (id ? nameOf('service', id) : null);
  return {
    appointment: (one: { start: string; serviceId?: string | null }) => joined(moment(one.start), service(one.serviceId)),
    wish: (one: { createdAt: string; serviceId: string }) => joined(service(one.serviceId), moment(one.createdAt)),
    recall: (one: { dueOn: string; serviceId: string }) => joined(day(one.dueOn), service(one.serviceId)),
    policy: (one: { payer: string; plan: string | null; validTo: string | null }) => joined(one.payer, one.plan, one.validTo && day(one.validTo)),
    message: (one: { createdAt: string; channel: 'email' | 'sms' }) => joined(moment(one.createdAt), t(`messages.channel.${one.channel}`)),
    task: (one: { title: string; dueOn: string | null }) => joined(one.title, one.dueOn && day(one.dueOn)),
    opening: (one: { start: string; serviceId?: string | null }) => joined(moment(one.start), service(one.serviceId)),
  };
}

const choice = <R,>(label: (one: R) => string) => (one: R & { id: string }): Choice => ({ value: one.id, label: label(one) });

/** The records of that kind that are a patient's; none before somebody is chosen. */
export function useRecordsOf(of: OfPatient, patient: string | null): Choice[] {
  const labels = useLabels();
  const asked = (kind: OfPatient) => of === kind && !!patient;
  const patientId = patient ?? '';
  const visits = useInfiniteQuery({ ...appointmentListQuery({ patientId, sort: '-start' }), enabled: asked('appointment') }).data;
  const wishes = useInfiniteQuery({ ...wishesQuery({ patientId }), enabled: asked('wish') }).data;
  const recalls = useInfiniteQuery({ ...recallsQuery({ patientId }), enabled: asked('recall') }).data;
  const policies = useQuery({ ...policiesQuery(patientId), enabled: asked('policy') }).data;
  const messages = useInfiniteQuery({ ...conversationQuery(patientId), enabled: asked('message') }).data;
  if (!patient) return [];
  switch (of) {
    case 'appointment':
      return (visits?.pages ?? []).flatMap(({ items }) => items.map(choice(labels.appointment)));
    case 'wish':
      return (wishes?.pages ?? []).flatMap(({ items }) => items.map(choice(labels.wish)));
    case 'recall':
      return (recalls?.pages ?? []).flatMap(({ items }) => items.map(choice(labels.recall)));
    case 'policy':
      return (policies ?? []).map(choice(labels.policy));
    case 'message':
      return (messages?.pages ?? []).flatMap(({ items }) => items.map(choice(labels.message)));
  }
}

/** All there are of a kind of which there are few. */
export function useListed(of: Listed): Choice[] {
  const labels = useLabels();
  const tasks = useInfiniteQuery({ ...tasksQuery({ status: 'open' }), enabled: of === 'task' }).data;
  const openings = useQuery({ ...openingsQuery(), enabled: of === 'opening' }).data;
  return of === 'task' ? (tasks?.pages ?? []).flatMap(({ items }) => items.map(choice(labels.task))) : (openings ?? []).map(choice(labels.opening));
}

/** A record by its id: its name, and whose it is. The name is null when there is no such record any more. */
export function useRecord(of: string, id: string | null): { name: string | null | undefined; patient: string | null } {
  const { lang } = useLang();
  const can = useCan();
  const labels = useLabels();
  const asked = (kind: string, may: boolean) => ({ enabled: of === kind && !!id && may, retry: false });
  const patient = useQuery({ ...patientQuery(id ?? ''), ...asked('patient', can('patients.read')) });
  const visit = useQuery({ ...appointmentQuery(id ?? ''), ...asked('appointment', can('appointments.read')) });
  const task = useQuery({ ...taskQuery(id ?? ''), ...asked('task', can('tasks.read')) });
  const wish = useQuery({ ...wishQuery(id ?? ''), ...asked('wish', can('waitlist.read')) });
  const recall = useQuery({ ...recallQuery(id ?? ''), ...asked('recall', can('recalls.read')) });
  const found: Record<string, { error: unknown; name: string | undefined; patient: string | undefined }> = {
    patient: { error: patient.error, name: patient.data && namesOf(patient.data, lang).name, patient: patient.data?.id },
    appointment: { error: visit.error, name: visit.data && labels.appointment(visit.data), patient: visit.data?.patientId },
    task: { error: task.error, name: task.data && labels.task(task.data), patient: task.data?.patientId ?? undefined },
    wish: { error: wish.error, name: wish.data && labels.wish(wish.data), patient: wish.data?.patientId },
    recall: { error: recall.error, name: recall.data && labels.recall(recall.data), patient: recall.data?.patientId },
  };
  const one = found[of];
  const isGone = one?.error instanceof ApiProblem && one.error.problem.status === 404;
  return { name: one?.name ?? (isGone ? null : undefined), patient: one?.patient ?? null };
}
