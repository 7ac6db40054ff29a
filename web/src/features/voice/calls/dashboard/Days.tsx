import { useLang } from '@/shared/i18n';
import { formatDayShort, formatNumber } from '@/shared/i18n/format';
import type { Stats } from '../api';
import { useCallWords } from '../words';
import classes from './Dashboard.module.css';

const WHOLE = 100;

/** Calls day by day: begun, and of these those that reached somebody; and the same as a table. */
export function Days({ days }: Pick<Stats, 'days'>) {
  const { t, lang } = useLang();
  const words = useCallWords();
  const most = Math.max(1, ...days.map(({ started }) => started));
  const tall = (calls: number) => `${(calls / most) * WHOLE}%`;
  const day = (of: Stats['days'][number] | undefined) => (of ? formatDayShort(lang, of.day) : '');
  const number = (value: number) => formatNumber(lang, value);
  return (
    <section className={classes.box} aria-labelledby="days">
      <h2 id="days">{t('calls.days')}</h2>
      <div className={classes.chart} aria-hidden>
        {days.map((one) => (
          <span key={one.day} title={`${day(one)}: ${t('calls.days.one', { started: number(one.started), reached: number(one.reached) })}`}>
            <i style={{ height: tall(one.started - one.reached) }} />
            <i data-reached style={{ height: tall(one.reached) }} />
          </span>
        ))}
      </div>
      <div className={classes.axis} aria-hidden>
        <span>{day(days[0])}</span>
        <span>{day(days.at(-1))}</span>
      </div>
      <ul className={classes.legend} aria-hidden>
        <li>
          <i data-reached />
          {t('calls.total.reached')}
        </li>
        <li>
          <i />
          {t('calls.days.rest')}
        </li>
      </ul>
      <div className={classes.scroll} tabIndex={0} role="region" aria-label={t('calls.days.table')}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{t('calls.days.day')}</th>
              <th scope="col" data-number>
                {t('calls.total.started')}
              </th>
              <th scope="col" data-number>
                {t('calls.total.reached')}
              </th>
              <th scope="col" data-number>
                {t('calls.total.minutes')}
              </th>
              <th scope="col" data-number>
                {t('calls.total.cost')}
              </th>
            </tr>
          </thead>
          <tbody>
            {days.toReversed().map((one) => (
              <tr key={one.day}>
                <th scope="row">{day(one)}</th>
                <td data-number>{number(one.started)}</td>
                <td data-number>{number(one.reached)}</td>
                <td data-number>{number(Math.round(one.minutes * 10) / 10)}</td>
                <td data-number>
                  <bdi className="ltr">{words.cost(one.costMicros)}</bdi>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
