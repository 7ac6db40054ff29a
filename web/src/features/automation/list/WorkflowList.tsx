import { Menu } from '@mantine/core';
import { IconCopy, IconListCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { peopleQuery } from '@/features/practice/people';
import { useCan, useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { formatDate, formatNumber } from '@/shared/i18n/format';
import { type Column, DataList } from '@/shared/ui/DataList';
import { toast } from '@/shared/ui/toast';
import { blocksQuery, useWorkflows, type WorkflowItem } from '../api';
import { triggerIcon } from '../canvas/icons';
import { StatusBadge } from '../StatusBadge';
import { useWords } from '../useWords';
import classes from './List.module.css';

/** By what each begins, how it stands, and how it went in the last days. */
export function WorkflowList({ items }: { items: WorkflowItem[] }) {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const navigate = useNavigate();
  const blocks = useQuery(blocksQuery).data;
  const words = useWords(blocks);
  const people = useQuery({ ...peopleQuery, enabled: useCan()('staff.read') }).data;

  const columns: Column<WorkflowItem>[] = [
    { label: t('workflows.col.trigger'), cell: (item) => <span className={classes.trigger}><bdi className="cut">{words.brief(item.trigger)}</bdi></span> },
    {
      label: t('workflows.col.status'),
      cell: (item) => <StatusBadge status={item.status} />,
    },
    { label: t('workflows.col.runs'), cell: (item) => <Runs item={item} /> },
    { label: t('workflows.col.published'), cell: (item) => (item.publishedAt ? formatDate(lang, timeZone, item.publishedAt) : null) },
    { label: t('workflows.col.creator'), cell: (item) => (item.createdBy ? <bdi>{people?.find(({ id }) => id === item.createdBy)?.name ?? '…'}</bdi> : null) },
  ];
  return (
    <DataList
      rows={items}
      keyOf={(item) => item.id}
      label={t('nav.workflows')}
      nameLabel={t('workflows.name')}
      nameOf={(item) => ({ name: item.name, other: item.hasChanges && item.status === 'published' ? t('workflows.hasChanges') : (item.description ?? undefined) })}
      lead={(item) => <Lead trigger={item.trigger} failed={item.runs7d.failed > 0} />}
      badge={() => undefined}
      columns={columns}
      details={(item) => [t(`workflows.status.${item.status}`), words.brief(item.trigger)].join(' · ')}
      onOpen={(item) => void navigate({ to: '/workflows/$id', params: { id: item.id } })}
      menu={(item) => <RowMenu item={item} />}
    />
  );
}

function Lead({ trigger, failed }: { trigger: WorkflowItem['trigger']; failed: boolean }) {
  const Icon = triggerIcon(trigger);
  return (
    <span className={classes.lead} data-failed={failed || undefined}>
      <Icon size={17} stroke={1.8} aria-hidden />
    </span>
  );
}

function RowMenu({ item }: { item: WorkflowItem }) {
  const { t } = useLang();
  const textOf = useErrorText();
  const navigate = useNavigate();
  const mayWrite = useCan()('workflows.write');
  const { duplicate } = useWorkflows();
  const copy = () =>
    void duplicate(item.id)
      .then((made) => navigate({ to: '/workflows/$id', params: { id: made.id } }))
      .catch((error: unknown) => toast.failed(textOf(error)));
  return (
    <>
      <Menu.Item leftSection={<IconListCheck size={16} />} onClick={() => void navigate({ to: '/workflows/runs', search: { workflow: item.id } })}>
        {t('workflows.runs')}
      </Menu.Item>
      {mayWrite ? (
        <Menu.Item leftSection={<IconCopy size={16} />} onClick={copy}>
          {t('workflows.duplicate')}
        </Menu.Item>
      ) : null}
    </>
  );
}

/** Runs of the last seven days; failed ones lead to themselves. */
function Runs({ item }: { item: WorkflowItem }) {
  const { t, lang } = useLang();
  const { total, failed } = item.runs7d;
  if (!total) return null;
  return (
    <span className="tnum">
      {formatNumber(lang, total)}
      {failed ? (
        <Link to="/workflows/runs" search={{ workflow: item.id, state: 'failed' }} className={classes.failed} onClick={(event) => event.stopPropagation()}>
          {t('workflows.failed', { count: failed })}
        </Link>
      ) : null}
    </span>
  );
}
