import { Alert, Badge, Button, Skeleton, Text, TextInput, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconBuildingHospital, IconSearch } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { formatDateTime } from '@/shared/i18n/format';
import { Empty, Failed } from '@/shared/ui/Page';
import { type Practice, practicesQuery, useSetStanding } from './api';
import classes from './ConsolePage.module.css';

const TYPING_MS = 250;
const SHORTEST_REASON = 3;
const colours = { ok: 'teal', behind: 'yellow', failing: 'red', suspended: 'gray' } as const;

export function Practices() {
  const { t } = useLang();
  const [text, setText] = useState('');
  const [q] = useDebouncedValue(text.trim(), TYPING_MS);
  const list = useInfiniteQuery(practicesQuery(q));
  const items = list.data?.pages.flatMap((page) => page.items);
  return (
    <>
      <Title order={1} mb="sm">
        {t('console.practices')}
      </Title>
      <TextInput
        aria-label={t('console.search')}
        placeholder={t('console.search')}
        leftSection={<IconSearch size={16} />}
        maxLength={120}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {list.isError && !items ? (
        <Failed error={list.error} retry={() => void list.refetch()} />
      ) : !items ? (
        <Skeleton h={160} mt="md" />
      ) : items.length === 0 ? (
        <Empty icon={<IconBuildingHospital size={26} stroke={1.6} />} title={t('console.none')} text={t('console.noneText')} />
      ) : (
        <ul className={classes.list}>
          {items.map((practice) => (
            <Row key={practice.id} practice={practice} />
          ))}
        </ul>
      )}
      {list.hasNextPage ? (
        <Button variant="default" mt="md" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('list.more')}
        </Button>
      ) : null}
    </>
  );
}

function Row({ practice }: { practice: Practice }) {
  const { t, lang } = useLang();
  const textOf = useErrorText();
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState('');
  const standing = useSetStanding();
  const { queues } = practice;
  const suspended = practice.status === 'suspended';
  const seen = practice.lastActivityAt ? formatDateTime(lang, 'UTC', practice.lastActivityAt) : '–';
  const stop = () => {
    setAsking(false);
    setReason('');
  };
  return (
    <li className={classes.row}>
      <div className={classes.about}>
        <div className={classes.head}>
          <b>
            <bdi>{practice.name}</bdi>
          </b>
          <bdi className="ltr">{practice.slug}</bdi>
          <Badge color={colours[practice.health]} variant="light" className={classes.badge}>
            {t(`console.health.${practice.health}`)}
          </Badge>
        </div>
        <Text size="sm" c="var(--text-dim)">
          {t('console.staff', { count: practice.staff })} · {t('console.seen', { time: seen })}
        </Text>
        <Text size="sm" c="var(--text-dim)">
          {t('console.queues', { events: queues.events, dead: queues.deadEvents, failed: queues.failedJobs })}
        </Text>
        {practice.suspendedReason ? (
          <Text size="sm">
            {t('console.reason')}: <bdi>{practice.suspendedReason}</bdi>
          </Text>
        ) : null}
        {standing.isError ? (
          <Alert color="red" py="xs" role="alert">
            {textOf(standing.error)}
          </Alert>
        ) : null}
        {asking ? (
          <div className={classes.ask}>
            <TextInput label={t('console.reason')} maxLength={500} autoFocus value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
            <Button variant="default" onClick={stop}>
              {t('action.cancel')}
            </Button>
            <Button
              color="red"
              disabled={reason.trim().length < SHORTEST_REASON}
              loading={standing.isPending}
              onClick={() => standing.mutate({ id: practice.id, reason: reason.trim() }, { onSuccess: stop })}
            >
              {t('console.suspend')}
            </Button>
          </div>
        ) : null}
      </div>
      {asking ? null : suspended ? (
        <Button variant="default" loading={standing.isPending} onClick={() => standing.mutate({ id: practice.id })}>
          {t('console.resume')}
        </Button>
      ) : (
        <Button variant="default" onClick={() => setAsking(true)}>
          {t('console.suspend')}
        </Button>
      )}
    </li>
  );
}
