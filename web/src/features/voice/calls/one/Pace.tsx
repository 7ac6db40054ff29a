import { useLang } from '@/shared/i18n';
import type { CallDetail, Turn } from '../api';
import classes from '../Calls.module.css';
import { partsOf, spansOf, totalOf } from '../latency';
import { lengthText, plainWord } from '../words';
import own from './One.module.css';

/** From here on an answer counts as slow: half as much again as the 800 ms that calls aim at. */
const SLOW_MS = 1200;
const sides = ['agent', 'caller', 'staff'] as const;

type Props = { call: CallDetail; turns: readonly Turn[] };

/** Who spoke when, and how long each answer took. */
export function Pace({ call, turns }: Props) {
  const { t } = useLang();
  const spoken = turns.filter(({ who }) => sides.some((one) => one === who));
  const last = Math.max(0, ...turns.map(({ atMs, endedMs }) => endedMs ?? atMs));
  const whole = Math.max(call.talkMs, last);
  const there = sides.filter((one) => spoken.some(({ who }) => who === one));
  return (
    <section className={`${classes.card} ${own.box}`} aria-labelledby="pace">
      <h2 id="pace">{t('calls.pace')}</h2>
      <div className={own.lane} aria-hidden>
        {spansOf(spoken, whole).map(({ seq, who, from, length }) => (
          <span key={seq} className={own.span} data-who={who} style={{ insetInlineStart: `${from}%`, width: `${length}%` }} />
        ))}
      </div>
      <div className={own.ends} aria-hidden>
        <bdi className="ltr">0:00</bdi>
        <bdi className="ltr">{lengthText(whole)}</bdi>
      </div>
      <ul className={own.legend}>
        {there.map((who) => (
          <li key={who}>
            <i data-who={who} aria-hidden />
            {t(`calls.who.${who}`)}
          </li>
        ))}
      </ul>
      <Answers call={call} turns={turns} />
    </section>
  );
}

function Answers({ call, turns }: Props) {
  const { t, lookup } = useLang();
  const answers = turns.flatMap((turn) => {
    const ms = totalOf(turn.latency);
    return ms === undefined ? [] : [{ turn, ms }];
  });
  if (!answers.length) return null;
  const most = Math.max(1, ...answers.map(({ ms }) => ms));
  const seconds = (ms: number) => t('calls.seconds', { seconds: (ms / 1000).toFixed(2) });
  const part = (name: string) => lookup(`calls.latency.${name}`) ?? plainWord(name);
  return (
    <>
      <h3 className={own.sub}>{t('calls.answers')}</h3>
      <div className={own.bars} aria-hidden>
        {answers.map(({ turn, ms }) => (
          <i key={turn.seq} title={`${lengthText(turn.atMs)}: ${seconds(ms)}`} data-slow={ms > SLOW_MS || undefined} style={{ height: `${(ms / most) * 100}%` }} />
        ))}
      </div>
      <dl className={own.pace}>
        {([['p50', call.latencyP50], ['p99', call.latencyP99]] as const).map(([name, ms]) =>
          ms === null ? null : (
            <div key={name}>
              <dt>{t(`calls.latency.${name}`)}</dt>
              <dd>{seconds(ms)}</dd>
            </div>
          ),
        )}
      </dl>
      <details className={own.more}>
        <summary>{t('calls.answers.table')}</summary>
        <table className={own.table}>
          <thead>
            <tr>
              <th>{t('calls.answers.at')}</th>
              <th>{t('calls.answers.took')}</th>
              <th>{t('calls.answers.parts')}</th>
            </tr>
          </thead>
          <tbody>
            {answers.map(({ turn, ms }) => (
              <tr key={turn.seq}>
                <td>
                  <bdi className="ltr">{lengthText(turn.atMs)}</bdi>
                </td>
                <td>{seconds(ms)}</td>
                <td>{partsOf(turn.latency).map(([name, took]) => `${part(name)} ${seconds(took)}`).join(' · ')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  );
}
