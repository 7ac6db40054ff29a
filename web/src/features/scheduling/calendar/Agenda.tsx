import { UnstyledButton } from '@mantine/core';
import { IconCalendarOff } from '@tabler/icons-react';
import { SevereMark } from '@/features/patients/marks';
import { namesOf } from '@/features/patients/person';
import { useLang } from '@/shared/i18n';
import { formatDayLong, formatTimes } from '@/shared/i18n/format';
import { Empty } from '@/shared/ui/Page';
import { onRowKeys } from '@/shared/ui/rowKeys';
import type { Calendar } from '../api';
import { StatusMark } from '../StatusMark';
import type { Names } from '../useNames';
import classes from './Agenda.module.css';
import { dayOfWall, daysFrom, wallOf } from './days';

type Props = { calendar: Calendar; names: Names; from: string; days: number; providers: string[]; cancelled: boolean; onOpen: (id: string) => void };

/** Some days one under the other, as a list. */
export function Agenda({ calendar, names, from, days, providers, cancelled, onOpen }: Props) {
  const { t, lang } = useLang();
  const { timeZone: zone } = calendar;
  const items = calendar.items.filter((item) => (cancelled || item.status !== 'cancelled') && item.providerIds.some((id) => providers.includes(id)));
  const groups = daysFrom(from, days)
    .map((day) => ({ day, items: items.filter((item) => dayOfWall(wallOf(zone, item.start)) === day) }))
    .filter((group) => group.items.length);
  if (!groups.length) return <Empty icon={<IconCalendarOff size={26} stroke={1.6} />} title={t('calendar.empty.title')} text={t('calendar.empty.text')} />;
  return (
    <div className={classes.agenda} onKeyDown={onRowKeys}>
      {groups.map((group) => (
        <section key={group.day} aria-labelledby={`day-${group.day}`}>
          <h2 id={`day-${group.day}`} className={classes.day}>
            {formatDayLong(lang, group.day)}
            <small>{t('calendar.count', { count: group.items.length })}</small>
          </h2>
          <ul className={classes.rows}>
            {group.items.map((item) => (
              <li key={item.id}>
                <UnstyledButton className={classes.row} data-row={item.id} data-entry={item.id} data-cancelled={item.status === 'cancelled' || undefined} onClick={() => onOpen(item.id)}>
                  <span className={classes.time}>{formatTimes(lang, zone, item.start, item.end)}</span>
                  <span className={classes.who}>
                    <b>
                      <bdi>{namesOf(item.patient, lang).name}</bdi>
                      <SevereMark alerts={item.patient.alerts} />
                    </b>
                    <small>{names.serviceName(item.serviceId)}</small>
                  </span>
                  <span className={classes.by}>
                    <bdi>{names.personNames(item.providerIds)}</bdi>
                    {item.roomIds.length ? (
                      <small>
                        <bdi>{names.roomNames(item.roomIds)}</bdi>
                      </small>
                    ) : null}
                  </span>
                  <span className={classes.status}>
                    <StatusMark status={item.status} />
                    {item.overbooking === null ? null : <small>{t('calendar.overbooked')}</small>}
                  </span>
                </UnstyledButton>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
