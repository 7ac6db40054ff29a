import { ActionIcon, Badge, Select, Tabs } from '@mantine/core';
import { IconChevronLeft, IconListCheck } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDateTime } from '@/shared/i18n/format';
import { type Column, DataList } from '@/shared/ui/DataList';
import { Gate } from '@/shared/ui/Gate';
import classes from '@/shared/ui/ListPage.module.css';
import { More } from '@/shared/ui/More';
import { Empty, Failed, PageHeader } from '@/shared/ui/Page';
import { type RunItem, runsQuery, workflowListQuery, workflowQuery } from '../api';
import { type RunsSearch, type RunState, runStates } from '../search';
import own from './Runs.module.css';
import { RunMark } from './RunMark';
import { SubjectLink } from './SubjectLink';
import { useRunWords } from './useRunWords';

const route = getRouteApi('/inside/workflows/runs');

export function RunsPage() {
  return (
    <Gate title="workflows.runs" needs="workflows.read">
      <Runs />
    </Gate>
  );
}

function Runs() {
  const { t } = useLang();
  const { workflow, state } = route.useSearch();
  const navigate = route.useNavigate();
  const go = (next: Partial<RunsSearch>) => void navigate({ search: (now) => ({ ...now, ...next }), replace: true });
  const list = useInfiniteQuery(runsQuery({ workflow, state }));
  const items = list.data?.pages.flatMap((page) => page.items);
  const all = 'all';
  return (
    <div className={classes.page}>
      <PageHeader title={t('workflows.runs')} sub={t('workflows.runs.sub')} actions={<Up workflow={workflow} />} />
      <Tabs value={state ?? all} onChange={(next) => go({ state: next === all ? undefined : (next as RunState) })} className={classes.tabs} keepMounted>
        <Tabs.List aria-label={t('list.views')} className={classes.tabList}>
          <Tabs.Tab value={all}>{t('workflows.shelf.all')}</Tabs.Tab>
          {runStates.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {t(`workflows.run.${one}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <div className={classes.card}>
          <div className={classes.tools}>
            <WorkflowFilter value={workflow} onChange={(id) => go({ workflow: id })} />
          </div>
          {[all, ...runStates].map((value) => (
            <Tabs.Panel key={value} value={value}>
              {value !== (state ?? all) ? null : list.error && !items ? (
                <Failed error={list.error} retry={() => void list.refetch()} />
              ) : items?.length === 0 ? (
                <Empty icon={<IconListCheck size={26} stroke={1.6} />} title={t('workflows.runs.empty')} text={t('workflows.runs.emptyText')} />
              ) : (
                <Rows items={items} ofOne={!!workflow} />
              )}
            </Tabs.Panel>
          ))}
          <More list={list} />
        </div>
      </Tabs>
    </div>
  );
}

function Up({ workflow }: { workflow: string | undefined }) {
  const { t } = useLang();
  const icon = <IconChevronLeft size={18} stroke={1.8} className={own.back} />;
  const common = { variant: 'default', size: 36, 'aria-label': t('workflows.back') } as const;
  return (
    <ActionIcon {...common} renderRoot={(props) => (workflow ? <Link {...props} to="/workflows/$id" params={{ id: workflow }} /> : <Link {...props} to="/workflows" />)}>
      {icon}
    </ActionIcon>
  );
}

function WorkflowFilter({ value, onChange }: { value: string | undefined; onChange: (id: string | undefined) => void }) {
  const { t } = useLang();
  const first = useInfiniteQuery(workflowListQuery({ shelf: 'all', q: '' })).data?.pages.flatMap((page) => page.items) ?? [];
  const chosen = useQuery({ ...workflowQuery(value ?? ''), enabled: !!value && !first.some(({ id }) => id === value) }).data;
  // one that is known from elsewhere may be in the list as well
  const all = new Map([...(chosen ? [chosen] : []), ...first].map(({ id, name }) => [id, name]));
  const data = [...all].map(([id, name]) => ({ value: id, label: name }));
  return <Select aria-label={t('workflows.one')} placeholder={t('workflows.runs.any')} data={data} value={value ?? null} searchable clearable w={280} onChange={(id) => onChange(id ?? undefined)} />;
}

function Rows({ items, ofOne }: { items: RunItem[] | undefined; ofOne: boolean }) {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const navigate = useNavigate();
  const { took, errorText } = useRunWords();
  const when = (at: string) => formatDateTime(lang, timeZone, at);
  const note = (run: RunItem) => (run.error ? errorText(run.error) : run.state === 'waiting' && run.wakesAt ? t('workflows.run.wakes', { when: when(run.wakesAt) }) : (took(run) ?? ''));
  const columns: Column<RunItem>[] = [
    { label: t('workflows.col.state'), cell: (run) => <RunMark state={run.state} /> },
    ...(ofOne ? [] : [{ label: t('workflows.one'), cell: (run: RunItem) => <bdi>{run.workflow.name}</bdi> }]),
    { label: t('workflows.col.about'), cell: (run) => (run.subject ? <SubjectLink subject={run.subject} patient={run.patientId} /> : null) },
    { label: t('workflows.col.note'), cell: (run) => <span className={own.note}><bdi className="cut">{note(run)}</bdi></span> },
    { label: t('workflows.col.version'), cell: (run) => (run.test ? <Badge radius="sm" className={own.test}>{t('workflows.run.test')}</Badge> : t('workflows.version', { n: run.version })) },
  ];
  return (
    <DataList
      rows={items}
      keyOf={(run) => run.id}
      label={t('workflows.runs')}
      nameLabel={t('workflows.col.started')}
      nameOf={(run) => ({ name: when(run.startedAt) })}
      columns={columns}
      badge={() => undefined}
      details={(run) => [t(`workflows.run.${run.state}`), ofOne ? '' : run.workflow.name, run.subject?.label].filter(Boolean).join(' · ')}
      onOpen={(run) => void navigate({ to: '/workflows/runs/$id', params: { id: run.id } })}
    />
  );
}
