import { Badge, Button, Skeleton, Tabs, UnstyledButton } from '@mantine/core';
import { IconLock, IconPlus, IconUsers } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { useCan } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { Empty, Failed, PageHeader, usePageTitle } from '@/shared/ui/Page';
import { type Invite, type Member, staffQuery, type View } from './api';
import { Invites } from './Invites';
import classes from './Staff.module.css';

const MemberDrawer = lazy(() => import('./MemberDrawer').then((m) => ({ default: m.MemberDrawer })));
const InviteDrawer = lazy(() => import('./InviteDrawer').then((m) => ({ default: m.InviteDrawer })));
type Tab = View | 'invites';

export function StaffPage() {
  const { t } = useLang();
  usePageTitle(t('staff.title'));
  if (useCan()('staff.read')) return <Staff />;
  return (
    <>
      <PageHeader title={t('staff.title')} />
      <Empty icon={<IconLock size={26} stroke={1.6} />} title={t('forbidden.title')} text={t('forbidden.text')} />
    </>
  );
}

/** What is open stays out of the address: addresses carry nothing about people. */
function Staff() {
  const { t } = useLang();
  const canWrite = useCan()('staff.write');
  const [tab, setTab] = useState<Tab>('active');
  const [member, setMember] = useState<Member>();
  const [inviting, setInviting] = useState<{ sent?: Invite }>();
  const tabs: Tab[] = canWrite ? ['active', 'suspended', 'invites'] : ['active'];
  return (
    <div className={classes.page}>
      <PageHeader
        title={t('staff.title')}
        sub={t('staff.sub')}
        actions={
          canWrite ? (
            <Button leftSection={<IconPlus size={16} />} onClick={() => setInviting({})}>
              {t('staff.invite')}
            </Button>
          ) : null
        }
      />
      <Tabs value={tab} onChange={(value) => setTab((value as Tab) ?? 'active')} className={classes.tabs} keepMounted>
        <Tabs.List aria-label={t('staff.views')} className={classes.tabList}>
          {tabs.map((value) => (
            <Tabs.Tab key={value} value={value}>
              {t(`staff.tab.${value}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {tabs.map((value) => (
          <Tabs.Panel key={value} value={value} className={classes.card}>
            {value !== tab ? null : value === 'invites' ? (
              <Invites onSent={(sent) => setInviting({ sent })} />
            ) : (
              <People view={value} onOpen={canWrite ? setMember : undefined} />
            )}
          </Tabs.Panel>
        ))}
      </Tabs>
      <Suspense>
        {member ? <MemberDrawer key={member.id} member={member} onClose={() => setMember(undefined)} /> : null}
        {inviting ? <InviteDrawer sent={inviting.sent} onClose={() => setInviting(undefined)} /> : null}
      </Suspense>
    </div>
  );
}

function People({ view, onOpen }: { view: View; onOpen: ((member: Member) => void) | undefined }) {
  const { t } = useLang();
  const list = useInfiniteQuery(staffQuery(view));
  const items = list.data?.pages.flatMap((page) => page.items);
  if (list.isError && !items) return <Failed error={list.error} retry={() => void list.refetch()} />;
  if (!items) return <Skeleton h={64} m="md" />;
  if (!items.length) return <Empty icon={<IconUsers size={26} stroke={1.6} />} title={t('staff.none')} text={t('staff.noneText')} />;
  return (
    <>
      <ul className={classes.list}>
        {items.map((member) => (
          <li key={member.id}>
            {onOpen ? (
              <UnstyledButton className={classes.row} onClick={() => onOpen(member)}>
                <About member={member} />
              </UnstyledButton>
            ) : (
              <div className={classes.row}>
                <About member={member} />
              </div>
            )}
          </li>
        ))}
      </ul>
      {list.hasNextPage ? (
        <div className={classes.more}>
          <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t('list.more')}
          </Button>
        </div>
      ) : null}
    </>
  );
}

function About({ member }: { member: Member }) {
  const { t } = useLang();
  return (
    <>
      <span className={classes.main}>
        <b>
          <bdi>{member.name}</bdi>
        </b>
        {member.email ? (
          <span>
            <bdi className="ltr">{member.email}</bdi>
          </span>
        ) : null}
      </span>
      <Badge radius="sm" className={classes.badge}>
        <bdi>{member.customRole?.name ?? t(`role.${member.role}`)}</bdi>
      </Badge>
    </>
  );
}
