import { ActionIcon, Button, Menu, Skeleton } from '@mantine/core';
import { IconCheck, IconChevronDown, IconPhone, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react';
import { useCan } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { localName } from '@/shared/names';
import { Empty, Failed, PageHeader } from '@/shared/ui/Page';
import { type CallWorkflow, callWorkflows } from './api';
import { chosenOf, rememberedWorkflow, rememberWorkflow } from './chosen';
import { type Place, Places } from './Places';
import classes from './Voice.module.css';

const NewWorkflowDrawer = lazy(() => import('./NewWorkflowDrawer').then((m) => ({ default: m.NewWorkflowDrawer })));

/** The call workflow that is looked at, as the address says or as it was chosen last, among all there are. */
export function useCallWorkflow() {
  const list = useQuery(callWorkflows.listQuery);
  const asked = useSearch({ strict: false, select: (search: { workflow?: string }) => search.workflow });
  const chosen = list.data && chosenOf(list.data, asked, rememberedWorkflow());
  useEffect(() => {
    if (asked && chosen?.slug === asked) rememberWorkflow(asked);
  }, [asked, chosen?.slug]);
  return { list, all: list.data ?? [], chosen };
}

type Props = {
  place: Place;
  sub?: (workflow: CallWorkflow) => ReactNode;
  actions?: (workflow: CallWorkflow) => ReactNode;
  children: (workflow: CallWorkflow) => ReactNode;
};

/** What all pages about a call workflow have in common: which one it is, another one to choose, and the ways between them. */
export function Frame({ place, sub, actions, children }: Props) {
  const { list, all, chosen } = useCallWorkflow();
  const { t, lang } = useLang();
  if (chosen) {
    return (
      <div className={classes.page}>
        <PageHeader title={localName(chosen, lang)} beside={<Picker all={all} chosen={chosen} />} sub={sub?.(chosen)} actions={actions?.(chosen)} />
        <Places place={place} slug={chosen.slug} />
        {children(chosen)}
      </div>
    );
  }
  return (
    <div className={classes.page}>
      <PageHeader title={t('nav.calls')} />
      {list.isError ? <Failed error={list.error} retry={() => void list.refetch()} /> : list.isPending ? <Skeleton h={320} m="md" radius={12} /> : <First />}
    </div>
  );
}

/** Another call workflow, or a new one. */
function Picker({ all, chosen }: { all: CallWorkflow[]; chosen: CallWorkflow }) {
  const { t, lang } = useLang();
  const mayConfigure = useCan()('call_workflows.configure');
  const navigate = useNavigate();
  const [making, setMaking] = useState(false);
  if (all.length < 2 && !mayConfigure) return null;
  const choose = (slug: string) => {
    rememberWorkflow(slug);
    void navigate({ to: '.', search: { workflow: slug } as never });
  };
  return (
    <>
      <Menu position="bottom-start" width={260}>
        <Menu.Target>
          <ActionIcon variant="default" size={32} aria-label={t('callWorkflows.choose')} title={t('callWorkflows.choose')}>
            <IconChevronDown size={17} stroke={1.8} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown mah={380} className={classes.menu ?? ''}>
          <Menu.Label>{t('callWorkflows.title')}</Menu.Label>
          {all.map((one) => (
            <Menu.Item
              key={one.id}
              onClick={() => choose(one.slug)}
              aria-current={one.id === chosen.id || undefined}
              leftSection={one.id === chosen.id ? <IconCheck size={16} /> : <span className={classes.noMark} />}
            >
              <bdi>{localName(one, lang)}</bdi>
              {one.enabled ? null : <small className={classes.off}>{t('callWorkflows.off')}</small>}
            </Menu.Item>
          ))}
          {mayConfigure ? (
            <>
              <Menu.Divider />
              <Menu.Item leftSection={<IconPlus size={16} />} onClick={() => setMaking(true)}>
                {t('callWorkflows.new')}
              </Menu.Item>
            </>
          ) : null}
        </Menu.Dropdown>
      </Menu>
      <Suspense>{making ? <NewWorkflowDrawer onClose={() => setMaking(false)} /> : null}</Suspense>
    </>
  );
}

/** A practice that calls about nothing yet. */
function First() {
  const { t } = useLang();
  const mayConfigure = useCan()('call_workflows.configure');
  const [making, setMaking] = useState(false);
  return (
    <>
      <Empty
        icon={<IconPhone size={26} stroke={1.6} />}
        title={t('callWorkflows.empty')}
        text={t(mayConfigure ? 'callWorkflows.emptyText' : 'callWorkflows.emptyAsk')}
        action={
          mayConfigure ? (
            <Button mt="xs" leftSection={<IconPlus size={16} />} onClick={() => setMaking(true)}>
              {t('callWorkflows.new')}
            </Button>
          ) : undefined
        }
      />
      <Suspense>{making ? <NewWorkflowDrawer onClose={() => setMaking(false)} /> : null}</Suspense>
    </>
  );
}
