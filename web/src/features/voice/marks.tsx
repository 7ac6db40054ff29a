import { useLang } from '@/shared/i18n';
import type { Call } from './api';
import type { CaseStatus } from './search';
import classes from './Voice.module.css';

/** How far the calls of a case have come: a dot and a word. */
export function CaseMark({ status }: { status: CaseStatus }) {
  const { t } = useLang();
  return (
    <span className={classes.mark} data-state={status}>
      <span className={classes.dot} aria-hidden />
      {t(`cases.status.${status}`)}
    </span>
  );
}

/** How a call stands; of one that is over, what came of it. */
export function CallMark({ call }: { call: Pick<Call, 'state' | 'outcome' | 'endedBy'> }) {
  const { t, lookup } = useLang();
  const { state, outcome, endedBy } = call;
  const word = state === 'ended' ? ((outcome && (lookup(`cases.outcome.${outcome}`) ?? outcome.replaceAll('_', ' '))) ?? (endedBy && lookup(`cases.endedBy.${endedBy}`)) ?? t('cases.call.ended')) : t(`cases.call.${state}`);
  const shown = state === 'ended' ? (outcome === 'completed' ? 'completed' : endedBy === 'failed' || endedBy === 'interrupted' ? 'failed' : 'not_reached') : state;
  return (
    <span className={classes.mark} data-state={shown}>
      <span className={classes.dot} aria-hidden />
      <bdi>{word}</bdi>
    </span>
  );
}
