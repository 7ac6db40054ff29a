import { ActionIcon, Skeleton, Title } from '@mantine/core';
import { IconCheck, IconCopy, IconPhone } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useNextVisit } from '@/features/scheduling/record/useNextVisit';
import { useLang } from '@/shared/i18n';
import { formatDateTime, formatDayShort } from '@/shared/i18n/format';
import { useCopy } from '@/shared/ui/CopyField';
import { type Patient, recentQuery } from '../api';
import { EntryRow } from '../EntryRow';
import { policiesQuery } from '../insurance/api';
import { EligibilityBadge } from '../insurance/marks';
import { AlertList, Phone, StatusBadge, TagPills, useAge } from '../marks';
import classes from './Peek.module.css';

/** Of a record what one needs at the telephone. */
export function Summary({ patient: p }: { patient: Patient }) {
  const { t, lang } = useLang();
  const ageOf = useAge();
  return (
    <>
      <div className={classes.facts}>
        <StatusBadge status={p.status} deleted={!!p.deletedAt} />
        <span className="tnum">{t('patients.number', { number: p.number })}</span>
        {p.birthDate ? (
          <span className="tnum">
            {ageOf(p.birthDate)} · {formatDayShort(lang, p.birthDate)}
          </span>
        ) : null}
        {p.sex === 'unknown' ? null : <span>{t(`patients.sex.${p.sex}`)}</span>}
      </div>
      <AlertList alerts={p.alerts} />
      <TagPills ids={p.tags} />
      {p.phones.length ? (
        <ul className={classes.phones} aria-label={t('patients.field.phones')}>
          {p.phones.map((phone, i) => (
            <PhoneCard key={i} number={phone.number} about={[t(`patients.kind.${phone.kind ?? 'other'}`), ...(phone.preferred ? [t('patients.preferred')] : [])].join(' · ')} />
          ))}
        </ul>
      ) : null}
      <dl className={classes.pairs}>
        <Payer id={p.id} />
        <NextVisit id={p.id} />
        <Pair label={t('peek.balance')} />
      </dl>
      <Recent id={p.id} />
    </>
  );
}

function PhoneCard({ number, about }: { number: string; about: string }) {
  const { t } = useLang();
  const { copied, copy } = useCopy();
  return (
    <li className={classes.phone}>
      <a href={`tel:${number}`}>
        <IconPhone size={16} stroke={1.8} aria-hidden />
        <span>
          <b>
            <Phone number={number} />
          </b>
          <small>{about}</small>
        </span>
      </a>
      <ActionIcon variant="subtle" color="gray" size={36} aria-label={t(copied ? 'action.copied' : 'patients.copyPhone')} aria-live="polite" onClick={() => void copy(number)}>
        {copied ? <IconCheck size={16} /> : <IconCopy size={16} stroke={1.8} />}
      </ActionIcon>
    </li>
  );
}

function Pair({ label, wide, none = '–', children }: { label: string; wide?: boolean; none?: string; children?: ReactNode }) {
  return (
    <div data-wide={wide || undefined}>
      <dt>{label}</dt>
      <dd data-none={!children || undefined}>{children ?? none}</dd>
    </div>
  );
}

/** Who pays first. */
function Payer({ id }: { id: string }) {
  const { t } = useLang();
  const policies = useQuery(policiesQuery(id));
  const first = policies.data?.[0];
  return (
    <Pair label={t('insurance.title')} wide>
      {first ? (
        <span className={classes.payer}>
          <bdi>{[first.payer, first.plan].filter(Boolean).join(' · ')}</bdi>
          <EligibilityBadge eligibility={first.eligibility} />
          <small>
            <bdi className="ltr tnum">{first.memberId}</bdi>
          </small>
        </span>
      ) : policies.isPending ? (
        <Skeleton h={20} w={160} />
      ) : null}
    </Pair>
  );
}

/** When they come next. */
function NextVisit({ id }: { id: string }) {
  const { t, lang } = useLang();
  const next = useNextVisit(id);
  return (
    <Pair label={t('peek.nextVisit')} none={t('peek.noVisit')}>
      {next ? formatDateTime(lang, next.timeZone, next.start) : null}
    </Pair>
  );
}

/** What happened last. */
function Recent({ id }: { id: string }) {
  const { t } = useLang();
  const recent = useQuery(recentQuery(id));
  return (
    <section className={classes.recent} aria-busy={recent.isPending}>
      <Title order={3}>{t('peek.recent')}</Title>
      {recent.data?.length ? (
        <ul>
          {recent.data.map((entry) => (
            <EntryRow key={entry.id} entry={entry} dated />
          ))}
        </ul>
      ) : recent.isPending ? (
        <Skeleton h={120} />
      ) : (
        <small>{t('activity.empty')}</small>
      )}
    </section>
  );
}
