import { Badge, Button, Skeleton, Text, TextInput, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconBuildingHospital, IconPlus, IconSearch } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useLang } from '@/shared/i18n';
import { More } from '@/shared/ui/More';
import { Empty, Failed } from '@/shared/ui/Page';
import { type Practice, practicesQuery } from './api';
import classes from './ConsolePage.module.css';
import { SetStanding } from './SetStanding';
import { useWhen } from './when';

const NewPracticeDrawer = lazy(() => import('./NewPracticeDrawer').then((m) => ({ default: m.NewPracticeDrawer })));

const TYPING_MS = 250;
export const healthColours = { ok: 'teal', behind: 'yellow', failing: 'red', suspended: 'gray' } as const;

export function Practices() {
  const { t } = useLang();
  const [text, setText] = useState('');
  const [q] = useDebouncedValue(text.trim(), TYPING_MS);
  const [adding, setAdding] = useState(false);
  const list = useInfiniteQuery(practicesQuery(q));
  const items = list.data?.pages.flatMap((page) => page.items);
  return (
    <>
      <div className={classes.titleRow}>
        <Title order={1}>{t('console.practices')}</Title>
        <Button leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
          {t('console.new')}
        </Button>
      </div>
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
      <More list={list} below />
      <Suspense>{adding ? <NewPracticeDrawer onClose={() => setAdding(false)} /> : null}</Suspense>
    </>
  );
}

function Row({ practice }: { practice: Practice }) {
  const { t } = useLang();
  const when = useWhen();
  const { queues } = practice;
  return (
    <li className={classes.row}>
      <div className={classes.about}>
        <div className={classes.head}>
          <Link to="/platform/practices/$id" params={{ id: practice.id }} className={classes.nameLink}>
            <bdi>{practice.name}</bdi>
          </Link>
          <bdi className="ltr">{practice.slug}</bdi>
          <Badge color={healthColours[practice.health]} variant="light" className={classes.badge}>
            {t(`console.health.${practice.health}`)}
          </Badge>
          {practice.waitingForOwner ? (
            <Badge color="yellow" variant="light" className={classes.badge}>
              {t('console.waiting')}
            </Badge>
          ) : null}
        </div>
        <Text size="sm" c="var(--text-dim)">
          {t('console.staff', { count: practice.staff })} · {t('console.seen', { time: when(practice.lastActivityAt) ?? '–' })}
        </Text>
        <Text size="sm" c="var(--text-dim)">
          {t('console.queues', { events: queues.events, dead: queues.deadEvents, failed: queues.failedJobs })}
        </Text>
        {practice.suspendedReason ? (
          <Text size="sm">
            {t('console.reason')}: <bdi>{practice.suspendedReason}</bdi>
          </Text>
        ) : null}
      </div>
      <SetStanding practice={practice} />
    </li>
  );
}
