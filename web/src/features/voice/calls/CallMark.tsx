import { useLang } from '@/shared/i18n';
import type { Call } from './api';
import classes from './Calls.module.css';
import { outcomeText } from './words';

const bad = new Set<Call['endedBy']>(['failed', 'interrupted', 'refused']);
const missed = new Set<Call['endedBy']>(['no_answer', 'busy', 'limit', 'cancelled']);

/** What colour a call has: how it stands, and when it is over, how it went. */
export const toneOf = ({ state, endedBy }: Pick<Call, 'state' | 'endedBy'>) => (state !== 'ended' ? state : bad.has(endedBy) ? 'bad' : missed.has(endedBy) ? 'missed' : 'done');

/** How a call stands, or what came of it: a dot and a word. */
export function CallMark({ call }: { call: Pick<Call, 'state' | 'outcome' | 'endedBy'> }) {
  const words = useLang();
  return (
    <span className={classes.mark} data-tone={toneOf(call)}>
      <span className={classes.dot} aria-hidden />
      <bdi>{call.state === 'ended' ? (outcomeText(words, call) ?? words.t('calls.over')) : words.t(`calls.state.${call.state}`)}</bdi>
    </span>
  );
}
