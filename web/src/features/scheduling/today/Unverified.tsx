import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type Unverified as Policy, unverifiedQuery } from '@/features/patients/insurance/api';
import { VerifyMenu } from '@/features/patients/insurance/marks';
import { usualSpan } from '@/features/patients/search';
import { useCan } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatTime, weekdayName } from '@/shared/i18n/format';
import { dayIn } from '@/shared/zoned';
import type { Item } from '../api';
import { takesTime } from './holes';
import classes from './Today.module.css';
import { Worklist } from './Worklist';

/** Who comes soon first, and those among them who come first. */
export function bySoon<P extends { patientId: string }>(policies: P[], coming: Pick<Item, 'patientId' | 'start' | 'status'>[]): { policy: P; start: string | undefined }[] {
  const first = new Map<string, string>();
  for (const { patientId, start, status } of coming) if (takesTime({ status }) && status !== 'completed' && !(first.get(patientId)! <= start)) first.set(patientId, start);
  const rows = policies.map((policy) => ({ policy, start: first.get(policy.patientId) }));
  return rows.sort((a, b) => (a.start ?? '9').localeCompare(b.start ?? '9'));
}

/** Policies that nobody has asked about, before their patients come. */
export function Unverified({ coming, zone }: { coming: Item[]; zone: string }) {
  const { t, lang } = useLang();
  const mayWrite = useCan()('patients.write');
  const list = useInfiniteQuery(unverifiedQuery(usualSpan));
  const policies = list.data?.pages.flatMap((page) => page.items);
  const when = (at: string) => `${weekdayName(lang, new Date(`${dayIn(zone, at)}T12:00:00Z`).getUTCDay() || 7, 'short')} ${formatTime(lang, zone, at)}`;
  const nameOf = (policy: Policy) => [policy.givenName, policy.familyName].filter(Boolean).join(' ');
  return (
    <Worklist
      title={t('scheduling.today.unverified')}
      rows={policies && bySoon(policies, coming)}
      error={list.error}
      retry={() => void list.refetch()}
      keyOf={({ policy }) => policy.id}
      done={t('scheduling.today.unverifiedDone')}
      foot={
        policies?.length ? (
          <div className={classes.all}>
            <Button variant="subtle" size="compact-sm" renderRoot={(props) => <Link {...props} to="/patients/insurance" search={{}} />}>
              {t('scheduling.today.wholeList')}
            </Button>
          </div>
        ) : null
      }
    >
      {({ policy, start }) => (
        <>
          <Link to="/patients/$id" params={{ id: policy.patientId }} search={{ tab: 'insurance' }} data-row={policy.patientId} className={classes.who}>
            <b>
              <bdi>{nameOf(policy)}</bdi>
            </b>
            <span>
              {start ? `${t('scheduling.today.comes', { when: when(start) })} · ` : ''}
              <bdi>{policy.payer}</bdi>
            </span>
          </Link>
          {mayWrite ? <VerifyMenu policy={policy} /> : null}
        </>
      )}
    </Worklist>
  );
}
