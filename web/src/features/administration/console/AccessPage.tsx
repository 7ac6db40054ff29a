import { Badge, Select, Switch, Title } from '@mantine/core';
import { IconListDetails } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLang } from '@/shared/i18n';
import { DataList } from '@/shared/ui/DataList';
import { More } from '@/shared/ui/More';
import { Empty, Failed, usePageTitle } from '@/shared/ui/Page';
import { SideDrawer } from '@/shared/ui/SideDrawer';
import { type AccessLine, accessQuery } from './access';
import { useActionText } from './actions';
import classes from './ConsolePage.module.css';
import { Facts } from './Facts';
import { useWhen } from './when';

const KINDS = ['practices', 'support_access', 'invites', 'dead_events', 'failed_jobs', 'sessions', 'administrators', 'maintenance'] as const;

/** What administrators did, and what was done on the server itself. Nobody can change a line of it. */
export function AccessPage() {
  const { t } = useLang();
  usePageTitle(t('console.access'));
  const when = useWhen();
  const actionText = useActionText();
  const [kind, setKind] = useState<string | null>(null);
  const [denied, setDenied] = useState(false);
  const [looks, setLooks] = useState(false);
  const [open, setOpen] = useState<AccessLine>();
  const list = useInfiniteQuery(accessQuery({ ...(kind ? { action: kind } : {}), ...(denied ? { denied } : {}), ...(looks ? { looks } : {}) }));
  const lines = list.data?.pages.flatMap((page) => page.items);
  const who = (line: AccessLine) => line.administrator?.name ?? t('console.server');
  return (
    <>
      <Title order={1} mb="sm">
        {t('console.access')}
      </Title>
      <div className={classes.tools}>
        <Select
          aria-label={t('console.kind')}
          placeholder={t('console.kindAll')}
          clearable
          data={KINDS.map((value) => ({ value, label: t(`console.kind.${value}`) }))}
          value={kind}
          onChange={setKind}
        />
        <Switch label={t('console.onlyDenied')} checked={denied} onChange={(event) => setDenied(event.currentTarget.checked)} />
        <Switch label={t('console.withLooks')} checked={looks} onChange={(event) => setLooks(event.currentTarget.checked)} />
      </div>
      {list.isError && !lines ? (
        <Failed error={list.error} retry={() => void list.refetch()} />
      ) : lines?.length === 0 ? (
        <Empty icon={<IconListDetails size={26} stroke={1.6} />} title={t('console.accessNone')} text={t('console.accessNoneText')} />
      ) : (
        <div className={classes.table}>
          <DataList
            rows={lines}
            keyOf={(line) => line.id}
            label={t('console.access')}
            nameLabel={t('console.what')}
            nameOf={(line) => ({ name: actionText(line.action), other: line.practiceName ?? undefined })}
            badge={(line) => (line.denied ? t('console.denied') : undefined)}
            columns={[
              { label: t('console.who'), cell: (line) => <bdi>{who(line)}</bdi> },
              { label: t('console.time'), cell: (line) => when(line.at) },
              { label: t('console.address'), cell: (line) => line.ip && <bdi className="ltr">{line.ip}</bdi> },
            ]}
            details={(line) => `${who(line)} · ${when(line.at) ?? ''}`}
            onOpen={setOpen}
          />
        </div>
      )}
      <More list={list} below />
      {open ? (
        <SideDrawer title={actionText(open.action)} onClose={() => setOpen(undefined)}>
          {open.denied ? (
            <Badge color="red" variant="light" className={classes.badge}>
              {t('console.denied')}
            </Badge>
          ) : null}
          <Facts
            facts={[
              { label: t('console.who'), value: <bdi>{who(open)}</bdi> },
              { label: t('console.time'), value: when(open.at) },
              { label: t('console.practice'), value: open.practiceName && <bdi>{open.practiceName}</bdi> },
              { label: t('console.reason'), value: <bdi>{open.reason}</bdi> },
              { label: t('console.address'), value: open.ip && <bdi className="ltr">{open.ip}</bdi> },
              { label: t('console.entry'), value: <bdi className="ltr">{open.id}</bdi> },
            ]}
          />
        </SideDrawer>
      ) : null}
    </>
  );
}
