import { Badge } from '@mantine/core';
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useSession } from '@/shared/auth/session';
import { type Lang, useLang } from '@/shared/i18n';
import { todayIn } from '@/shared/i18n/format';
import { ColourDot } from '@/shared/ui/ColourField';
import { type Alert, type PatientStatus, type Tag, tags } from './api';
import classes from './Patients.module.css';
import { ageOn, phoneText } from './person';

export function StatusBadge({ status, deleted = false }: { status: PatientStatus; deleted?: boolean }) {
  const { t } = useLang();
  const shown = deleted ? 'deleted' : status;
  return (
    <Badge radius="sm" miw="max-content" className={classes.status} data-status={shown}>
      {t(`patients.status.${shown}`)}
    </Badge>
  );
}

/** What is dangerous about meeting the patient, at a glance and for those who hear it. */
export function SevereMark({ alerts }: { alerts: Alert[] }) {
  const { t, lang } = useLang();
  const severe = alerts.filter((alert) => alert.severe).map((alert) => alert.text);
  if (!severe.length) return null;
  const label = t('patients.severe', { text: new Intl.ListFormat(lang).format(severe) });
  return (
    <span className={classes.severe} role="img" aria-label={label} title={label}>
      <IconAlertTriangle size={16} />
    </span>
  );
}

/** Allergies and the like, each with what kind it is. */
export function AlertList({ alerts }: { alerts: Alert[] }) {
  const { t } = useLang();
  if (!alerts.length) return null;
  return (
    <ul className={classes.alerts} aria-label={t('patients.card.alerts')}>
      {alerts.map((alert, i) => (
        <li key={i} className={classes.alert} data-severe={alert.severe || undefined}>
          {alert.severe ? <IconAlertTriangle size={16} aria-label={t('patients.alert.severe')} /> : <IconInfoCircle size={16} stroke={1.8} aria-hidden />}
          <small>{t(`patients.alert.${alert.kind}`)}</small>
          <bdi>{alert.text}</bdi>
        </li>
      ))}
    </ul>
  );
}

export const Phone = ({ number }: { number: string }) => <bdi className="ltr tnum">{phoneText(number)}</bdi>;

/** The age in words, today where the practice is. */
export function useAge() {
  const { t } = useLang();
  const { timeZone } = useSession().practice;
  const today = todayIn(timeZone, new Date());
  return (birthDate: string) => {
    const { years, months } = ageOn(today, birthDate);
    return years < 2 ? t('patients.months', { count: months }) : t('patients.years', { count: years });
  };
}

export const TagPill = ({ tag }: { tag: Tag }) => (
  <span className={classes.tag}>
    <ColourDot colour={tag.colour} />
    <bdi>{tag.name}</bdi>
  </span>
);

/** A patient's tags in the order of the practice's list; of many in a narrow place only the first. */
export function TagPills({ ids, most }: { ids: string[]; most?: number }) {
  const all = useQuery(tags.listQuery).data;
  const own = all?.filter((tag) => ids.includes(tag.id)) ?? [];
  if (!own.length) return null;
  const shown = own.slice(0, most);
  return (
    <span className={classes.tags} data-wrap={most === undefined || undefined}>
      {shown.map((tag) => (
        <TagPill key={tag.id} tag={tag} />
      ))}
      {own.length > shown.length ? (
        <span className={classes.more} title={own.slice(shown.length).map((tag) => tag.name).join(' · ')}>
          +{own.length - shown.length}
        </span>
      ) : null}
    </span>
  );
}

export const langOfOther = (lang: Lang): Lang => (lang === 'ar' ? 'en' : 'ar');
