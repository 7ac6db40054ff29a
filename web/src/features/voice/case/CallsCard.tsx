import { Skeleton, Title } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDateTime } from '@/shared/i18n/format';
import { More } from '@/shared/ui/More';
import { Failed } from '@/shared/ui/Page';
import { callsQuery } from '../calls/api';
import { CallMark } from '../calls/CallMark';
import classes from './Case.module.css';

/** The calls about a case, the newest first, each a way to what was said in it. */
export function CallsCard({ caseId }: { caseId: string }) {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const list = useInfiniteQuery(callsQuery({ caseId }));
  const calls = list.data?.pages.flatMap((page) => page.items);
  return (
    <section className={classes.card} aria-labelledby="case-calls">
      <div className={classes.cardHead}>
        <Title order={2} id="case-calls">
          {t('cases.card.calls')}
        </Title>
      </div>
      {list.isError && !calls ? <Failed error={list.error} retry={() => void list.refetch()} /> : null}
      {list.isPending ? <Skeleton h={48} /> : null}
      {calls?.length === 0 ? <p className={classes.none}>{t('cases.noCalls')}</p> : null}
      {calls?.length ? (
        <div className={classes.inCard}>
          <ul className={classes.calls}>
            {calls.map((call) => (
              <li key={call.id}>
                <Link to="/calls/$id" params={{ id: call.id }} className={classes.call} data-call={call.id}>
                  <CallMark call={call} />
                  <small className="tnum">{[t(`calls.transport.${call.transport}`), formatDateTime(lang, timeZone, call.startedAt ?? call.createdAt)].join(' · ')}</small>
                </Link>
              </li>
            ))}
          </ul>
          <More list={list} />
        </div>
      ) : null}
    </section>
  );
}
