import { IconArrowNarrowRight } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { Entry } from '@/features/patients/api';
import { useSession } from '@/shared/auth/session';
import { type MessageId, useLang } from '@/shared/i18n';
import { formatDateTime } from '@/shared/i18n/format';
import type { Colour } from '@/shared/ui/colour';
import { type Appointment, settingsQuery } from '../api';
import { useNames } from '../useNames';

const fields = ['start', 'serviceId', 'locationId', 'providerIds', 'roomIds', 'reason', 'notes', 'colour', 'deposit', 'overbooking'] as const;
type Field = (typeof fields)[number];
const isField = (field: string): field is Field => (fields as readonly string[]).includes(field);

type Props = { entry: Entry; className: string | undefined; arrow: string | undefined };

/** Of what happened with an appointment: which one it was, what became different, why it was cancelled. */
export function VisitChanges({ entry, className, arrow }: Props) {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const names = useNames();
  const cancelled = entry.kind === 'appointment.cancelled';
  const reasons = useQuery({ ...settingsQuery, enabled: cancelled }).data?.reasons;
  const after = (field: string): unknown => entry.changes.find((change) => change.field === field)?.after;

  const say: Record<Field, (value: never) => string> = {
    start: (at: string) => formatDateTime(lang, timeZone, at),
    serviceId: names.serviceName,
    locationId: names.placeName,
    providerIds: names.personNames,
    roomIds: names.roomNames,
    colour: (colour: Colour) => t(`colour.${colour}`),
    deposit: (asked: boolean) => t(asked ? 'answer.yes' : 'answer.no'),
    reason: String,
    notes: String,
    overbooking: String,
  };
  const valueOf = (field: Field, value: unknown) => (value === null || value === undefined ? '' : say[field](value as never));

  if (cancelled) {
    const why = after('cancellation') as Appointment['cancellation'] | undefined;
    const reason = reasons?.find((one) => one.key === why?.reason);
    const words = reason && (lang === 'ar' && reason.nameAr ? reason.nameAr : reason.nameEn);
    return words || why?.note ? (
      <div className={className}>
        <bdi>{[words, why?.note].filter(Boolean).join(' · ')}</bdi>
      </div>
    ) : null;
  }
  if (entry.kind === 'appointment.booked') {
    const line = (['start', 'serviceId', 'providerIds'] as const).map((field) => valueOf(field, after(field))).filter(Boolean);
    return (
      <div className={className}>
        <bdi>{line.join(' · ')}</bdi>
      </div>
    );
  }
  const changes = entry.kind === 'appointment.moved' || entry.kind === 'appointment.changed' ? entry.changes : [];
  const shown = changes.flatMap((change) => (isField(change.field) ? [{ ...change, field: change.field }] : []));
  if (!shown.length) return null;
  return (
    <ul className={className}>
      {shown.map(({ field, before, after: now }) => (
        <li key={field}>
          {t(field === 'notes' ? 'patients.field.notes' : (`activity.visit.field.${field}` as MessageId))}: <del>{valueOf(field, before) || t('activity.nothing')}</del>
          <IconArrowNarrowRight size={15} className={arrow} role="img" aria-label={t('activity.becomes')} />
          <ins>{valueOf(field, now) || t('activity.nothing')}</ins>
        </li>
      ))}
    </ul>
  );
}
