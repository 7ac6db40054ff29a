import { Alert, Button, Tabs, TextInput, Title } from '@mantine/core';
import { IconChecks, IconRefresh } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { DataList } from '@/shared/ui/DataList';
import { More } from '@/shared/ui/More';
import { Empty, Failed, usePageTitle } from '@/shared/ui/Page';
import { SideDrawer } from '@/shared/ui/SideDrawer';
import { toast } from '@/shared/ui/toast';
import classes from './ConsolePage.module.css';
import { type Failure, failuresQuery, type Kind, useDiscard, useReplay } from './failures';
import { Facts } from './Facts';
import { useWhen } from './when';

const KINDS: readonly Kind[] = ['events', 'jobs'];
const SHORTEST_REASON = 3;

/** What the server gave up on after its last try, and trying again. */
export function FailuresPage() {
  const { t } = useLang();
  usePageTitle(t('console.failures'));
  const [kind, setKind] = useState<Kind>('events');
  return (
    <>
      <Title order={1} mb="sm">
        {t('console.failures')}
      </Title>
      <Tabs value={kind} onChange={(next) => setKind(next === 'jobs' ? 'jobs' : 'events')}>
        <Tabs.List aria-label={t('console.failures')}>
          {KINDS.map((value) => (
            <Tabs.Tab key={value} value={value}>
              {t(`console.failures.${value}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {KINDS.map((value) => (
          <Tabs.Panel key={value} value={value} pt="md">
            {value === kind ? <List kind={kind} /> : null}
          </Tabs.Panel>
        ))}
      </Tabs>
    </>
  );
}

function List({ kind }: { kind: Kind }) {
  const { t } = useLang();
  const textOf = useErrorText();
  const when = useWhen();
  const [open, setOpen] = useState<Failure>();
  const replay = useReplay(kind);
  const list = useInfiniteQuery(failuresQuery(kind));
  const items = list.data?.pages.flatMap((page) => page.items);
  const again = (failures: readonly Failure[]) =>
    replay.mutate(failures, {
      onSuccess: (count) => {
        setOpen(undefined);
        toast.done(t('console.replayed', { count }));
      },
    });
  if (list.isError && !items) return <Failed error={list.error} retry={() => void list.refetch()} />;
  if (items?.length === 0) return <Empty icon={<IconChecks size={26} stroke={1.6} />} title={t('console.failuresNone')} text={t('console.failuresNoneText')} />;
  return (
    <>
      <div className={classes.tools}>
        <Button variant="default" leftSection={<IconRefresh size={16} />} loading={replay.isPending} disabled={!items} onClick={() => items && again(items)}>
          {t('console.replayShown', { count: items?.length ?? 0 })}
        </Button>
      </div>
      {replay.isError ? (
        <Alert color="red" py="xs" mb="sm" role="alert">
          {textOf(replay.error)}
        </Alert>
      ) : null}
      <div className={classes.table}>
        <DataList
          rows={items}
          keyOf={(failure) => failure.id}
          label={t(`console.failures.${kind}`)}
          nameLabel={t('console.what')}
          nameOf={(failure) => ({ name: failure.name })}
          columns={[
            { label: t('console.practice'), cell: (failure) => <bdi>{failure.practice.name}</bdi> },
            { label: t('console.errorCode'), cell: (failure) => failure.error && <bdi className="ltr">{failure.error}</bdi> },
            { label: t('console.time'), cell: (failure) => when(failure.at) },
          ]}
          details={(failure) => `${failure.practice.name} · ${failure.error ?? ''} · ${when(failure.at) ?? ''}`}
          onOpen={setOpen}
        />
      </div>
      <More list={list} below />
      {open ? (
        <SideDrawer title={<bdi className="ltr">{open.name}</bdi>} onClose={() => setOpen(undefined)}>
          <Facts
            facts={[
              { label: t('console.practice'), value: <bdi>{open.practice.name}</bdi> },
              { label: t('console.time'), value: when(open.at) },
              { label: t('console.errorCode'), value: open.error && <bdi className="ltr">{open.error}</bdi> },
              ...(open.attempts === undefined ? [] : [{ label: t('console.attempts'), value: open.attempts }]),
              ...(open.subject ? [{ label: t('console.about'), value: <bdi className="ltr">{`${open.subject.type} ${open.subject.id}`}</bdi> }] : []),
              { label: t('console.entry'), value: <bdi className="ltr">{open.id}</bdi> },
            ]}
          />
          <Button fullWidth mt="md" loading={replay.isPending} onClick={() => again([open])}>
            {t('console.replay')}
          </Button>
          {kind === 'events' ? <Discard failure={open} onDone={() => setOpen(undefined)} /> : null}
        </SideDrawer>
      ) : null}
    </>
  );
}

/** Giving an event up for good takes a reason, which both ledgers keep. */
function Discard({ failure, onDone }: { failure: Failure; onDone: () => void }) {
  const { t } = useLang();
  const textOf = useErrorText();
  const discard = useDiscard();
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState('');
  if (!asking) {
    return (
      <Button fullWidth variant="subtle" color="gray" mt="xs" onClick={() => setAsking(true)}>
        {t('console.discard')}
      </Button>
    );
  }
  return (
    <div className={classes.form}>
      <TextInput label={t('console.reason')} maxLength={500} autoFocus mt="md" value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
      {discard.isError ? (
        <Alert color="red" py="xs" role="alert">
          {textOf(discard.error)}
        </Alert>
      ) : null}
      <Button
        color="red"
        disabled={reason.trim().length < SHORTEST_REASON}
        loading={discard.isPending}
        onClick={() => discard.mutate({ failure, reason: reason.trim() }, { onSuccess: onDone })}
      >
        {t('console.discard')}
      </Button>
    </div>
  );
}
