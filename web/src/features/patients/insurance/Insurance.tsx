import { ActionIcon, Button, Menu, Skeleton, Title } from '@mantine/core';
import { IconDots, IconPencil, IconPhoto, IconPlus, IconShieldHeart, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense } from 'react';
import { useCan, useSession } from '@/shared/auth/session';
import { type MessageId, useLang } from '@/shared/i18n';
import { formatDate, formatDays, formatDayShort, todayIn } from '@/shared/i18n/format';
import { Empty, Failed } from '@/shared/ui/Page';
import { useUndoable } from '@/shared/ui/useUndoable';
import { peopleQuery } from '../api';
import { Phone } from '../marks';
import page from '../PatientPage.module.css';
import { policiesQuery, type Policy, useSetRemoved } from './api';
import classes from './Insurance.module.css';
import { EligibilityBadge, useRankText, VerifyMenu } from './marks';

const PolicyDrawer = lazy(() => import('./PolicyDrawer').then((m) => ({ default: m.PolicyDrawer })));

type Props = {
  id: string;
  mayWrite: boolean;
  /** The policy whose form is open, or `new`. */
  open: string | undefined;
  onOpen: (policy: string | undefined) => void;
};

/** Who pays for a patient, in the order in which they pay. */
export function Insurance({ id, mayWrite, open, onOpen }: Props) {
  const { t } = useLang();
  const list = useQuery(policiesQuery(id));
  const undoable = useUndoable();
  const setRemoved = useSetRemoved();
  const remove = (policy: Policy) => {
    onOpen(undefined);
    void undoable(() => setRemoved(policy, true), t('insurance.removed'), (now) => setRemoved(now, false));
  };
  const add = mayWrite ? (
    <Button leftSection={<IconPlus size={16} />} onClick={() => onOpen('new')}>
      {t('insurance.add')}
    </Button>
  ) : undefined;
  const opened = list.data?.find((policy) => policy.id === open);

  return (
    <div className={classes.wrap}>
      {list.isError && !list.data ? (
        <Failed error={list.error} retry={() => void list.refetch()} />
      ) : list.data?.length === 0 ? (
        <div className={page.card}>
          <Empty icon={<IconShieldHeart size={26} stroke={1.6} />} title={t('insurance.empty')} text={t('insurance.emptyText')} action={add} />
        </div>
      ) : (
        <>
          <ul className={classes.list} aria-label={t('insurance.title')} aria-busy={!list.data}>
            {list.data ? (
              list.data.map((policy) => <Card key={policy.id} policy={policy} mayWrite={mayWrite} onEdit={() => onOpen(policy.id)} onRemove={() => remove(policy)} />)
            ) : (
              <li className={page.card}>
                <Skeleton h={120} />
              </li>
            )}
          </ul>
          {list.data ? <div className={classes.foot}>{add}</div> : null}
        </>
      )}
      <Suspense>
        {opened ? (
          <PolicyDrawer key={opened.id} patient={id} loaded={opened} readOnly={!mayWrite} onClose={() => onOpen(undefined)} onRemove={() => remove(opened)} />
        ) : open === 'new' && mayWrite ? (
          <PolicyDrawer patient={id} readOnly={false} onClose={() => onOpen(undefined)} />
        ) : null}
      </Suspense>
    </div>
  );
}

function Pair({ label, wide, children }: { label: MessageId; wide?: boolean; children: ReactNode }) {
  const { t } = useLang();
  return (
    <div data-wide={wide || undefined}>
      <dt>{t(label)}</dt>
      <dd data-none={!children || undefined}>{children || '–'}</dd>
    </div>
  );
}

type CardProps = { policy: Policy; mayWrite: boolean; onEdit: () => void; onRemove: () => void };

function Card({ policy: p, mayWrite, onEdit, onRemove }: CardProps) {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const rankText = useRankText();
  const today = todayIn(timeZone, new Date());
  const ended = !!p.validTo && p.validTo < today;
  return (
    <li className={page.card} data-policy>
      <div className={classes.head}>
        <div className={classes.who}>
          <span className={classes.rank}>{rankText(p.rank ?? 1)}</span>
          <Title order={2}>
            <bdi>{p.payer}</bdi>
          </Title>
          {p.plan ? <bdi className={classes.plan}>{p.plan}</bdi> : null}
        </div>
        <div className={classes.actions}>
          <EligibilityBadge eligibility={p.eligibility} />
          {mayWrite ? (
            <>
              <VerifyMenu policy={p} />
              <Menu position="bottom-end" width={180}>
                <Menu.Target>
                  <ActionIcon variant="subtle" color="gray" size={32} aria-label={t('list.rowActions', { name: p.payer })}>
                    <IconDots size={18} stroke={1.7} />
                  </ActionIcon>
                </Menu.Target>
                <Menu.Dropdown>
                  <Menu.Item leftSection={<IconPencil size={16} />} onClick={onEdit}>
                    {t('action.edit')}
                  </Menu.Item>
                  <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={onRemove}>
                    {t('action.remove')}
                  </Menu.Item>
                </Menu.Dropdown>
              </Menu>
            </>
          ) : null}
        </div>
      </div>
      <dl className={`${page.pairs} ${classes.pairs}`}>
        <Pair label="insurance.field.memberId">
          <bdi className="ltr tnum">{p.memberId}</bdi>
        </Pair>
        <Pair label="insurance.field.groupId">{p.groupId ? <bdi className="ltr tnum">{p.groupId}</bdi> : null}</Pair>
        <Pair label="insurance.valid">
          {p.validFrom || p.validTo ? (
            <span className={ended ? classes.ended : undefined}>
              <Validity from={p.validFrom} to={p.validTo} />
              {ended ? ` · ${t('insurance.ended')}` : ''}
            </span>
          ) : null}
        </Pair>
        <Pair label="insurance.verification">
          {p.verifiedAt ? (
            <>
              {formatDate(lang, timeZone, p.verifiedAt)} <VerifiedBy id={p.verifiedBy} />
            </>
          ) : (
            t('insurance.never')
          )}
        </Pair>
        {p.holderName || p.holderPhone ? (
          <Pair label="insurance.field.holderName" wide>
            {p.holderName ? <bdi>{p.holderName}</bdi> : null}
            {p.holderPhone ? (
              <span className={page.lines}>
                <a href={`tel:${p.holderPhone}`}>
                  <Phone number={p.holderPhone} />
                </a>
              </span>
            ) : null}
          </Pair>
        ) : null}
      </dl>
      {p.cards.length ? (
        <ul className={classes.cards} aria-label={t('insurance.cards')}>
          {p.cards.map((card, i) => (
            <li key={i}>
              <IconPhoto size={15} stroke={1.8} aria-hidden />
              <bdi>{card.name}</bdi>
            </li>
          ))}
        </ul>
      ) : null}
    </li>
  );
}

function Validity({ from, to }: { from: string | null; to: string | null }) {
  const { t, lang } = useLang();
  if (from && to) return formatDays(lang, from, to);
  if (from) return t('insurance.from', { date: formatDayShort(lang, from) });
  return to ? t('insurance.to', { date: formatDayShort(lang, to) }) : null;
}

function VerifiedBy({ id }: { id: string | null }) {
  const { t } = useLang();
  const people = useQuery({ ...peopleQuery, enabled: useCan()('staff.read') && !!id }).data;
  const name = people?.find((person) => person.id === id)?.name;
  return name ? <small className={classes.by}>{t('insurance.by', { name })}</small> : null;
}
