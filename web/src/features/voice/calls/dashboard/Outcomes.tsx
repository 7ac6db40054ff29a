import { useLang } from '@/shared/i18n';
import { formatNumber } from '@/shared/i18n/format';
import type { Stats } from '../api';
import { useCallWords } from '../words';
import classes from './Dashboard.module.css';

const WHOLE = 100;

/** What came of calls, the most frequent first. */
export function Outcomes({ outcomes }: Pick<Stats, 'outcomes'>) {
  const { t, lang } = useLang();
  const words = useCallWords();
  const most = Math.max(1, ...outcomes.map(({ calls }) => calls));
  return (
    <section className={classes.box} aria-labelledby="outcomes">
      <h2 id="outcomes">{t('calls.outcomes')}</h2>
      {outcomes.length ? (
        <ul className={classes.outcomes}>
          {outcomes.map(({ outcome, calls }) => (
            <li key={outcome}>
              <span>
                <bdi>{words.outcome({ outcome, endedBy: null })}</bdi>
              </span>
              <span className="tnum">{formatNumber(lang, calls)}</span>
              <span className={classes.track} aria-hidden>
                <i style={{ width: `${(calls / most) * WHOLE}%` }} />
              </span>
            </li>
          ))}
        </ul>
      ) : (
        <p className={classes.none}>{t('calls.outcomes.none')}</p>
      )}
    </section>
  );
}
