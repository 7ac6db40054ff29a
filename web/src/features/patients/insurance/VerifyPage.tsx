import { Select, Skeleton } from '@mantine/core';
import { IconShieldCheck } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useCan, useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDate, formatDayShort } from '@/shared/i18n/format';
import { Gate } from '@/shared/ui/Gate';
import lists from '@/shared/ui/ListPage.module.css';
import { More } from '@/shared/ui/More';
import { Empty, Failed } from '@/shared/ui/Page';
import { useShortcuts } from '@/shared/ui/shortcuts';
import { Peek } from '../peek/Peek';
import { usePeek } from '../peek/usePeek';
import { PersonLine } from '../PersonLine';
import { spans, usualSpan } from '../search';
import { Subpage } from '../Subpage';
import { type Unverified, unverifiedQuery } from './api';
import classes from './Insurance.module.css';
import { EligibilityBadge, VerifyMenu } from './marks';

const route = getRouteApi('/inside/patients/insurance');
const SKELETONS = 6;

export function VerifyPage() {
  return (
    <Gate title="insurance.worklist" needs="patients.read">
      <Worklist />
    </Gate>
  );
}

/** Policies that somebody should ask the company about before the patient comes. */
function Worklist() {
  const { t } = useLang();
  const mayWrite = useCan()('patients.write');
  const { days = usualSpan } = route.useSearch();
  const navigate = route.useNavigate();
  const { onKeyDown } = usePeek();
  const list = useInfiniteQuery(unverifiedQuery(days));
  const items = list.data?.pages.flatMap((part) => part.items);
  useShortcuts([
    { key: 'ArrowDown', label: 'shortcut.rows', shown: ['↑', '↓'] },
    { key: 'Enter', label: 'shortcut.open', shown: ['Enter'] },
    { key: ' ', label: 'peek.hint', shown: ['Space'] },
  ]);

  return (
    <Subpage
      title={t('insurance.worklist')}
      sub={t('insurance.worklistText')}
      actions={
        <Select
          aria-label={t('insurance.span')}
          data={spans.map((value) => ({ value: String(value), label: t('insurance.spanDays', { count: value }) }))}
          value={String(days)}
          allowDeselect={false}
          onChange={(value) => void navigate({ search: Number(value) === usualSpan ? {} : { days: Number(value) }, replace: true })}
          w={220}
        />
      }
    >
      <div className={lists.card}>
        {list.isError && !items ? (
          <Failed error={list.error} retry={() => void list.refetch()} />
        ) : items?.length === 0 ? (
          <Empty icon={<IconShieldCheck size={26} stroke={1.6} />} title={t('insurance.allVerified')} text={t('insurance.allVerifiedText')} />
        ) : (
          <ul className={`${classes.rows} ${list.isPlaceholderData ? lists.fading : ''}`} aria-label={t('insurance.worklist')} aria-busy={!items} onKeyDown={onKeyDown}>
            {items
              ? items.map((policy) => (
                  <Row key={policy.id} policy={policy} mayWrite={mayWrite} />
                ))
              : Array.from({ length: SKELETONS }, (_, i) => (
                  <li key={i} className={classes.row}>
                    <Skeleton h={40} className={classes.waiting ?? ''} />
                  </li>
                ))}
          </ul>
        )}
        <More list={list} />
      </div>
      <Peek />
    </Subpage>
  );
}

function Row({ policy: p, mayWrite }: { policy: Unverified; mayWrite: boolean }) {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const name = [p.givenName, p.familyName].filter(Boolean).join(' ');
  return (
    <li className={classes.row}>
      <PersonLine id={p.patientId} name={name} number={p.number} phone={p.phone} search={{ tab: 'insurance' }} />
      <span className={classes.policy}>
        <bdi>{p.payer}</bdi>
        <small>
          {[p.plan ? <bdi key="plan">{p.plan}</bdi> : null, p.validTo ? t('insurance.to', { date: formatDayShort(lang, p.validTo) }) : null]
            .filter(Boolean)
            .map((part, i) => (
              <span key={i}>
                {i ? ' · ' : ''}
                {part}
              </span>
            ))}
        </small>
      </span>
      <span className={classes.state}>
        <EligibilityBadge eligibility={p.eligibility} />
        {p.verifiedAt ? <small className="tnum">{formatDate(lang, timeZone, p.verifiedAt)}</small> : null}
      </span>
      {mayWrite ? <VerifyMenu policy={p} /> : null}
    </li>
  );
}
