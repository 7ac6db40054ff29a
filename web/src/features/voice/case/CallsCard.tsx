import { Skeleton, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, type LinkProps } from '@tanstack/react-router';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDateTime } from '@/shared/i18n/format';
import { Failed } from '@/shared/ui/Page';
import { callsOfCaseQuery } from '../api';
import { CallMark } from '../marks';
import classes from './Case.module.css';

/** The calls about a case, the newest first, each a way to what was said in it. */
export function CallsCard({ caseId }: { caseId: string }) {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const calls = useQuery(callsOfCaseQuery(caseId));
  return (
    <section className={classes.card} aria-labelledby="case-calls">
      <div className={classes.cardHead}>
        <Title order={2} id="case-calls">
          {t('cases.card.calls')}
        </Title>
      </div>
      {calls.isError && !calls.data ? <Failed error={calls.error} retry={() => void calls.refetch()} /> : null}
      {calls.isPending ? <Skeleton h={48} /> : null}
      {calls.data?.length === 0 ? <p className={classes.none}>{t('cases.noCalls')}</p> : null}
      {calls.data?.length ? (
        <ul className={classes.calls}>
          {calls.data.map((call) => (
            <li key={call.id}>
              <Link to={`/calls/${call.id}` as string as NonNullable<LinkProps['to']>} className={classes.call} data-call={call.id}>
                <CallMark call={call} />
                <small className="tnum">{[t(`cases.by.${call.transport}`), formatDateTime(lang, timeZone, call.startedAt ?? call.createdAt)].join(' · ')}</small>
              </Link>
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  );
}
