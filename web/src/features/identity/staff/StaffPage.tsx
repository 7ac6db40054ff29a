import { Button, Tabs } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconPlus, IconUsers } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { lazy, Suspense, useRef, useState } from 'react';
import { useCan, useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDate } from '@/shared/i18n/format';
import { DataList } from '@/shared/ui/DataList';
import { Gate } from '@/shared/ui/Gate';
import page from '@/shared/ui/ListPage.module.css';
import { More } from '@/shared/ui/More';
import { Empty, Failed, PageHeader } from '@/shared/ui/Page';
import { SearchBox } from '@/shared/ui/SearchBox';
import { useShortcuts } from '@/shared/ui/shortcuts';
import { type Invite, type Member, staffQuery, type View } from './api';
import { Invites } from './Invites';

const MemberDrawer = lazy(() => import('./MemberDrawer').then((m) => ({ default: m.MemberDrawer })));
const InviteDrawer = lazy(() => import('./InviteDrawer').then((m) => ({ default: m.InviteDrawer })));
type Tab = View | 'invites';

export function StaffPage() {
  return (
    <Gate title="staff.title" needs="staff.read">
      <Staff />
    </Gate>
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
    <div className={page.page}>
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
      <Tabs value={tab} onChange={(value) => setTab((value as Tab) ?? 'active')} className={page.tabs} keepMounted>
        <Tabs.List aria-label={t('staff.views')} className={page.tabList}>
          {tabs.map((value) => (
            <Tabs.Tab key={value} value={value}>
              {t(`staff.tab.${value}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {tabs.map((value) => (
          <Tabs.Panel key={value} value={value} className={page.card}>
            {value !== tab ? null : value === 'invites' ? (
              <Invites onSent={(sent) => setInviting({ sent })} />
            ) : (
              <People view={value} onOpen={setMember} />
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

const TYPING_MS = 250;

function People({ view, onOpen }: { view: View; onOpen: (member: Member) => void }) {
  const { t, lang } = useLang();
  const { practice } = useSession();
  const canWrite = useCan()('staff.write');
  const [text, setText] = useState('');
  const [q] = useDebouncedValue(text.trim(), TYPING_MS);
  const box = useRef<HTMLInputElement>(null);
  const list = useInfiniteQuery(staffQuery(view, q));
  const label = canWrite ? 'staff.search' : 'staff.searchName';
  useShortcuts([{ key: 'f', label, run: () => box.current?.focus() }]);

  const items = list.data?.pages.flatMap((page) => page.items);
  const roleOf = (member: Member) => member.customRole?.name ?? t(`role.${member.role}`);
  const seen = (member: Member) => (member.lastSeenAt ? formatDate(lang, practice.timeZone, member.lastSeenAt) : t('staff.neverSeen'));
  const role = { label: t('staff.role'), cell: (member: Member) => <bdi>{roleOf(member)}</bdi> };
  // the server says the rest only to those who may change staff
  const more = [
    { label: t('staff.seen'), cell: seen },
    { label: t('staff.secondFactor'), cell: (member: Member) => t(member.secondFactor ? 'staff.secondFactor.on' : 'staff.secondFactor.off') },
  ];
  return (
    <>
      <div className={page.tools}>
        <SearchBox ref={box} label={t(label)} value={text} onType={setText} />
      </div>
      {list.isError && !items ? (
        <Failed error={list.error} retry={() => void list.refetch()} />
      ) : items?.length === 0 ? (
        <Empty icon={<IconUsers size={26} stroke={1.6} />} title={t(q ? 'staff.noHits' : 'staff.none')} text={t(q ? 'staff.noHitsText' : 'staff.noneText')} />
      ) : (
        <DataList
          rows={items}
          keyOf={(member) => member.id}
          label={t(`staff.tab.${view}`)}
          nameLabel={t('review.person')}
          nameOf={(member) => ({ name: member.name, other: member.email ?? undefined })}
          columns={canWrite ? [role, ...more] : [role]}
          details={(member) => [roleOf(member), ...(canWrite ? [seen(member)] : [])].join(' · ')}
          onOpen={onOpen}
        />
      )}
      <More list={list} />
    </>
  );
}
