import { IconArrowBackUp, IconArrowMerge, IconArrowNarrowRight, IconBellRinging, IconCalendarCheck, IconCalendarEvent, IconCalendarPlus, IconCalendarX, IconChecklist, IconHistory, IconHourglass, IconLink, IconMail, IconMessage2, IconMessageReply, IconMessageX, IconPaperclip, IconPencil, IconPhone, IconPlus, IconShieldCheck, IconShieldHeart, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { useCan, useSession } from '@/shared/auth/session';
import { type MessageId, useLang, wantTexts } from '@/shared/i18n';
import { formatDateTime, formatTime } from '@/shared/i18n/format';
import classes from './Entries.module.css';
import { type Entry, peopleQuery } from './api';
import { usePatientWords } from './words';

const HIDDEN = new Set(['id', 'number', 'version', 'createdAt', 'updatedAt', 'deletedAt', 'verifiedAt', 'verifiedBy']);

const kindsOf: Record<string, { words: MessageId; icon: typeof IconPencil }> = {
  note: { words: 'activity.noted', icon: IconMessage2 },
  'patient.created': { words: 'activity.created', icon: IconPlus },
  'patient.changed': { words: 'activity.changed', icon: IconPencil },
  'patient.deleted': { words: 'activity.deleted', icon: IconTrash },
  'patient.restored': { words: 'activity.restored', icon: IconArrowBackUp },
  'patient.merged': { words: 'activity.merged', icon: IconArrowMerge },
  'patient.merged_away': { words: 'activity.mergedAway', icon: IconArrowMerge },
  'patient.unmerged': { words: 'activity.unmerged', icon: IconArrowBackUp },
  'policy.created': { words: 'activity.insured', icon: IconShieldHeart },
  'policy.changed': { words: 'activity.policyChanged', icon: IconShieldHeart },
  'policy.verified': { words: 'activity.policyVerified', icon: IconShieldCheck },
  'policy.deleted': { words: 'activity.policyRemoved', icon: IconTrash },
  'appointment.booked': { words: 'activity.visit.booked', icon: IconCalendarPlus },
  'appointment.moved': { words: 'activity.visit.moved', icon: IconCalendarEvent },
  'appointment.changed': { words: 'activity.visit.changed', icon: IconCalendarEvent },
  'appointment.confirmed': { words: 'activity.visit.confirmed', icon: IconCalendarCheck },
  'appointment.unconfirmed': { words: 'activity.visit.unconfirmed', icon: IconCalendarEvent },
  'appointment.arrived': { words: 'activity.visit.arrived', icon: IconCalendarCheck },
  'appointment.seated': { words: 'activity.visit.seated', icon: IconCalendarCheck },
  'appointment.completed': { words: 'activity.visit.completed', icon: IconCalendarCheck },
  'appointment.checked_out': { words: 'activity.visit.checkedOut', icon: IconCalendarCheck },
  'appointment.no_show': { words: 'activity.visit.noShow', icon: IconCalendarX },
  'appointment.cancelled': { words: 'activity.visit.cancelled', icon: IconCalendarX },
  'appointment.link_sent': { words: 'activity.visit.linkSent', icon: IconLink },
  'appointment.reinstated': { words: 'activity.visit.reinstated', icon: IconCalendarPlus },
  'wish.created': { words: 'activity.wish.created', icon: IconHourglass },
  'wish.changed': { words: 'activity.wish.changed', icon: IconHourglass },
  'wish.withdrawn': { words: 'activity.wish.withdrawn', icon: IconHourglass },
  'wish.renewed': { words: 'activity.wish.renewed', icon: IconHourglass },
  'wish.fulfilled': { words: 'activity.wish.fulfilled', icon: IconHourglass },
  'offer.sent': { words: 'activity.offer.sent', icon: IconMail },
  'offer.accepted': { words: 'activity.offer.accepted', icon: IconMail },
  'offer.declined': { words: 'activity.offer.declined', icon: IconMail },
  'offer.expired': { words: 'activity.offer.expired', icon: IconMail },
  'recall.proposed': { words: 'activity.recall.proposed', icon: IconBellRinging },
  'recall.attempted': { words: 'activity.recall.attempted', icon: IconBellRinging },
  'recall.snoozed': { words: 'activity.recall.snoozed', icon: IconBellRinging },
  'recall.dismissed': { words: 'activity.recall.dismissed', icon: IconBellRinging },
  'recall.reopened': { words: 'activity.recall.reopened', icon: IconBellRinging },
  'recall.booked': { words: 'activity.recall.booked', icon: IconBellRinging },
  'recall.done': { words: 'activity.recall.done', icon: IconBellRinging },
  'message.sent': { words: 'activity.message.sent', icon: IconMessage2 },
  'message.failed': { words: 'activity.message.failed', icon: IconMessageX },
  'message.bounced': { words: 'activity.message.bounced', icon: IconMessageX },
  'message.unknown': { words: 'activity.message.unknown', icon: IconMessageX },
  'message.suppressed': { words: 'activity.message.suppressed', icon: IconMessageX },
  'message.replied': { words: 'activity.message.replied', icon: IconMessageReply },
  'call.finished': { words: 'activity.call.finished', icon: IconPhone },
  'task.created': { words: 'activity.task.created', icon: IconChecklist },
  'task.changed': { words: 'activity.task.changed', icon: IconChecklist },
  'task.completed': { words: 'activity.task.completed', icon: IconChecklist },
  'task.reopened': { words: 'activity.task.reopened', icon: IconChecklist },
  'task.deleted': { words: 'activity.task.deleted', icon: IconTrash },
  'task.restored': { words: 'activity.task.restored', icon: IconArrowBackUp },
  'policy.restored': { words: 'activity.policyRestored', icon: IconArrowBackUp },
};

/** What kinds that are not known yet are about. */
const iconsOf: Record<string, typeof IconPencil> = { message: IconMessage2, appointment: IconCalendarEvent, call: IconPhone, file: IconPaperclip };

// who sees no appointments has none of these
const VisitChanges = lazy(() => import('@/features/scheduling/record/VisitChanges').then((m) => ({ default: m.VisitChanges })));

const MessageTold = lazy(async () => {
  const [module] = await Promise.all([import('@/features/messaging/record/MessageTold'), wantTexts('messaging')]);
  return { default: module.MessageTold };
});
const CallTold = lazy(async () => {
  const [module] = await Promise.all([import('@/features/voice/calls/record/CallTold'), wantTexts('calls')]);
  return { default: module.CallTold };
});
const TaskOfEntry = lazy(() => import('@/features/tasks/record/TaskOfEntry').then((m) => ({ default: m.TaskOfEntry })));

/** Who did it, where nobody has a name for them. */
const unnamed: Record<string, MessageId | undefined> = {
  user: 'activity.somebody',
  patient: 'activity.patient',
  workflow: 'activity.workflow',
};

/** What says field by field what became different. */
const CHANGED = new Set(['patient.changed', 'policy.changed', 'policy.verified']);

type Props = {
  entry: Entry;
  /** Says the day as well, where no heading does. */
  dated?: boolean;
};

/** One thing that happened: who did what and when, the words of a note, and what became different. */
export function EntryRow({ entry, dated = false }: Props) {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const { fieldText, valueText } = usePatientWords();
  const can = useCan();
  const people = useQuery({ ...peopleQuery, enabled: can('staff.read') }).data;
  const known = kindsOf[entry.kind];
  const visit = entry.resourceType === 'appointment';
  const message = entry.resourceType === 'message';
  const Icon = known?.icon ?? iconsOf[entry.resourceType] ?? IconHistory;
  const who = entry.actorName ?? t(entry.kind === 'message.replied' ? 'activity.patient' : (unnamed[entry.actorKind] ?? 'activity.system'));
  const after = (field: string): unknown => entry.changes.find((change) => change.field === field)?.after;
  const note = entry.kind === 'note' ? String(after('text') ?? '') : undefined;
  const mentions = note === undefined ? [] : ((after('mentions') ?? []) as string[]);
  const names = mentions.map((id) => people?.find((person) => person.id === id)?.name).filter((name): name is string => !!name);
  // everything is new in a new record, and its page shows all of it
  const changes = CHANGED.has(entry.kind) || (!known && note === undefined && !visit && !message) ? entry.changes.filter(({ field }) => !HIDDEN.has(field)) : [];

  return (
    <li className={classes.entry}>
      <span className={classes.icon} data-kind={entry.kind} aria-hidden>
        <Icon size={16} stroke={1.8} />
      </span>
      <div className={classes.body}>
        <div className={classes.line}>
          <b>
            <bdi>{who}</bdi>
          </b>
          <span className={classes.dim}>{t(known?.words ?? 'activity.other')}</span>
          <time dateTime={entry.at} title={formatDateTime(lang, timeZone, entry.at)} className="tnum">
            {(dated ? formatDateTime : formatTime)(lang, timeZone, entry.at)}
          </time>
        </div>
        {note === undefined ? null : (
          <div className={classes.note}>
            <bdi>{note}</bdi>
          </div>
        )}
        {names.length ? <div className={classes.dim}>{t('activity.mentioned', { names: new Intl.ListFormat(lang).format(names) })}</div> : null}
        <Suspense>{visit ? <VisitChanges entry={entry} className={classes.changes} arrow={classes.arrow} /> : null}</Suspense>
        <Suspense>{message ? <MessageTold entry={entry} /> : null}</Suspense>
        <Suspense>{entry.resourceType === 'call' && can('calls.read') ? <CallTold entry={entry} className={classes.changes} /> : null}</Suspense>
        <Suspense>{entry.resourceType === 'task' && can('tasks.read') ? <TaskOfEntry entry={entry} className={classes.changes} /> : null}</Suspense>
        {changes.length ? (
          <ul className={classes.changes}>
            {changes.map(({ field, before, after: now }) => (
              <li key={field}>
                {fieldText(field)}: <del>{valueText(field, before) || t('activity.nothing')}</del>
                <IconArrowNarrowRight size={15} className={classes.arrow} role="img" aria-label={t('activity.becomes')} />
                <ins>{valueText(field, now) || t('activity.nothing')}</ins>
              </li>
            ))}
          </ul>
        ) : null}
      </div>
    </li>
  );
}
