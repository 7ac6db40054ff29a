import { IconEyeOff } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { useLang } from '@/shared/i18n';
import type { Conversation, Line, Speaker } from './conversation';
import classes from './Lines.module.css';
import { totalOf } from './latency';
import { lengthText } from './words';

/** A line as it is said, or as it is kept. */
export type Shown = Line & { isRedacted?: boolean; latency?: unknown };
/** Whose lines stand at the end side: those of whoever looks. */
export type Side = 'practice' | 'caller';

type Props = {
  lines: readonly Shown[];
  partial?: Conversation['partial'];
  self: Side;
  label: string;
  /** New lines are read out, and the newest stays in sight. */
  live?: boolean;
  /** The line that somebody asked for. */
  marked?: number | undefined;
  className?: string | undefined;
};

const voices = ['caller', 'agent', 'staff'] as const satisfies readonly Speaker[];
type Voice = (typeof voices)[number];
const ours = new Set<Speaker>(['agent', 'staff']);
const spoken = new Set<Speaker>(voices);
const sideOf = (who: Speaker, self: Side) => (!spoken.has(who) ? 'none' : ours.has(who) === (self === 'practice') ? 'own' : 'other');
/** So near to the end, in pixels, counts as being there. */
const NEAR = 80;

/** What is said in a call, side by side. */
export function Lines({ lines, partial = {}, self, label, live = false, marked, className }: Props) {
  const { t } = useLang();
  const feed = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const speaking = voices.filter((who) => partial[who]);

  const toEnd = () => {
    const node = feed.current;
    if (live && node && atEnd.current) node.scrollTop = node.scrollHeight;
  };
  useEffect(toEnd, [live, lines, partial]);
  useEffect(() => {
    if (!live || !feed.current) return undefined;
    // what stands below it comes and goes
    const watch = new ResizeObserver(toEnd);
    watch.observe(feed.current);
    return () => watch.disconnect();
  }, [live]);
  useEffect(() => {
    if (marked !== undefined) feed.current?.querySelector(`[data-seq="${marked}"]`)?.scrollIntoView({ block: 'center' });
  }, [marked]);

  return (
    <div
      ref={feed}
      className={[classes.feed, className].filter(Boolean).join(' ')}
      // it scrolls by itself, so that the keys must reach it
      tabIndex={0}
      role={live ? 'log' : 'group'}
      aria-label={label}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => (atEnd.current = scrollHeight - scrollTop - clientHeight < NEAR)}
    >
      <ol className={classes.lines}>
        {lines.map((line, n) => (
          <Said key={line.seq} line={line} side={sideOf(line.who, self)} named={lines[n - 1]?.who !== line.who} marked={line.seq === marked} />
        ))}
        {speaking.map((who) => (
          <li key={who} className={classes.line} data-who={who} data-side={sideOf(who, self)} data-partial>
            <span className={classes.who}>{t(`calls.who.${who}`)}</span>
            <p className={classes.words} dir="auto">
              {partial[who]}…
            </p>
          </li>
        ))}
        {lines.length || speaking.length ? null : <li className={classes.nothing}>{t(live ? 'calls.lines.waiting' : 'calls.lines.none')}</li>}
      </ol>
    </div>
  );
}

function Said({ line, side, named, marked }: { line: Shown; side: string; named: boolean; marked: boolean }) {
  const { t } = useLang();
  const answered = totalOf(line.latency);
  return (
    <li className={classes.line} data-seq={line.seq} data-who={line.who} data-side={side} data-marked={marked || undefined}>
      {named && side !== 'none' ? <span className={classes.who}>{t(`calls.who.${line.who as Voice}`)}</span> : null}
      <p className={classes.words} dir="auto">
        {side === 'none' ? t(`calls.did.${line.who as Exclude<Speaker, Voice>}`, { text: line.text }) : line.text}
      </p>
      <span className={classes.meta}>
        <bdi className="ltr">{lengthText(line.atMs)}</bdi>
        {line.interrupted ? <span>{t('calls.lines.cut')}</span> : null}
        {answered === undefined ? null : <span>{t('calls.lines.after', { seconds: (answered / 1000).toFixed(1) })}</span>}
        {line.isRedacted ? (
          <span className={classes.hidden}>
            <IconEyeOff size={13} aria-hidden />
            {t('calls.lines.hidden')}
          </span>
        ) : null}
      </span>
    </li>
  );
}
