import { ActionIcon, Skeleton } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useCan } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { Failed } from '@/shared/ui/Page';
import { useShortcuts } from '@/shared/ui/shortcuts';
import { Acts, useLooked } from '../Acts';
import { type CallDetail, callQuery } from '../api';
import { CallMark } from '../CallMark';
import classes from '../Calls.module.css';
import { CaseLink } from '../CaseLink';
import { Findings, openOf, useDeciding } from '../Findings';
import { LinkPatient, PatientName } from '../PatientOf';
import { Transcript } from '../Transcript';
import { useQuoted } from '../useQuoted';
import { lengthText, useCallWords } from '../words';
import own from './Inbox.module.css';

/** A call that somebody looks at: what it was about, what it found out, what was said, and what follows from it. */
export function CallReview({ id, onClose }: { id: string; onClose: () => void }) {
  const query = useQuery(callQuery(id));
  if (query.data) return <Review call={query.data} onClose={onClose} />;
  return query.error ? <Failed error={query.error} retry={() => void query.refetch()} /> : <Skeleton h={420} radius={12} />;
}

function Review({ call, onClose }: { call: CallDetail; onClose: () => void }) {
  const { t } = useLang();
  const words = useCallWords();
  const { marked, onQuote } = useQuoted(call.id);
  useReviewKeys(call);
  return (
    <section className={`${classes.card} ${classes.panel} ${own.review}`} aria-labelledby="review" data-review={call.review}>
      <div className={classes.panelHead}>
        <div className={classes.panelTitles}>
          <h2 id="review">
            <PatientName call={call} />
          </h2>
          <div className={classes.under}>
            <CallMark call={call} />
            <bdi>{words.about(call)}</bdi>
            {call.talkMs ? <bdi className="ltr">{lengthText(call.talkMs)}</bdi> : null}
            <LinkPatient call={call} />
            <CaseLink call={call} />
            <Link to="/calls/$id" params={{ id: call.id }} className={classes.link}>
              {t('calls.open')}
            </Link>
          </div>
        </div>
        <Acts call={call} />
        <ActionIcon variant="subtle" color="gray" size={36} aria-label={t('action.close')} onClick={onClose}>
          <IconX size={18} />
        </ActionIcon>
      </div>
      <Summary call={call} />
      <Findings call={call} onQuote={onQuote} />
      <Transcript id={call.id} marked={marked} className={own.feed} />
    </section>
  );
}

/** In a few sentences, where something was told. */
export function Summary({ call: { summary } }: { call: CallDetail }) {
  const { t } = useLang();
  if (!summary) return null;
  return (
    <section className={classes.part} aria-labelledby="summary">
      <h3 id="summary">{t('calls.summary')}</h3>
      <p className={classes.summary} dir="auto">
        {summary}
      </p>
    </section>
  );
}

/** `a` and `x` decide about the finding whose turn it is, `e` says that the call was looked at. */
function useReviewKeys(call: CallDetail) {
  const may = useCan()('calls.review');
  const deciding = useDeciding(call);
  const looked = useLooked(call);
  const [next] = openOf(call);
  const decide = (by: (keys: string[]) => void) => (next && may && call.caseId && !deciding.busy ? by([next]) : undefined);
  useShortcuts([
    { key: 'a', label: 'calls.key.accept', run: () => decide(deciding.accept) },
    { key: 'x', label: 'calls.key.dismiss', run: () => decide(deciding.dismiss) },
    { key: 'e', label: 'calls.key.seen', run: () => (may && call.review === 'open' && !looked.busy ? looked.set(true) : undefined) },
  ]);
}
