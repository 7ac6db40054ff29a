import type { ReactNode } from 'react';
import { phoneText } from '@/features/patients/person';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDateTime, formatNumber } from '@/shared/i18n/format';
import type { CallDetail } from './api';
import classes from './Calls.module.css';
import { lengthText, plainWord, useCallWords } from './words';

/** When, how and how long, and what it cost. */
export function Facts({ call }: { call: CallDetail }) {
  const { t, lang, lookup } = useLang();
  const { timeZone } = useSession().practice;
  const words = useCallWords();
  const when = (at: string | null) => (at ? formatDateTime(lang, timeZone, at) : null);
  const span = (ms: number) => (ms ? <bdi className="ltr">{lengthText(ms)}</bdi> : null);
  const facts: [string, ReactNode][] = [
    [t('calls.fact.about'), <bdi>{words.about(call)}</bdi>],
    [t('calls.fact.way'), [t(`calls.direction.${call.direction}`), t(`calls.transport.${call.transport}`)].join(' · ')],
    [t('calls.fact.number'), call.number ? <bdi className="ltr">{phoneText(call.number)}</bdi> : null],
    [t('calls.fact.askedBy'), t(`calls.askedBy.${call.requestedBy}`)],
    [t('calls.fact.attempt'), call.attempt > 1 ? formatNumber(lang, call.attempt) : null],
    [t('calls.fact.due'), call.state === 'queued' ? when(call.dueAt) : null],
    [t('calls.fact.started'), when(call.startedAt ?? call.createdAt)],
    [t('calls.fact.answered'), when(call.answeredAt)],
    [t('calls.fact.ended'), when(call.endedAt)],
    [t('calls.fact.endedBy'), call.endedBy ? (lookup(`calls.ended.${call.endedBy}`) ?? plainWord(call.endedBy)) : null],
    [t('calls.fact.error'), call.errorCode ? (lookup(`calls.error.${call.errorCode}`) ?? <bdi className="ltr">{call.errorCode}</bdi>) : null],
    [t('calls.fact.talk'), span(call.talkMs)],
    [t('calls.fact.hold'), span(call.holdMs)],
    [t('calls.fact.cost'), call.costMicros ? <bdi className="ltr">{words.cost(call.costMicros)}</bdi> : null],
    [t('calls.fact.seen'), when(call.reviewedAt)],
  ];
  return (
    <dl className={classes.facts}>
      {facts
        .filter(([, value]) => value !== null)
        .map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
