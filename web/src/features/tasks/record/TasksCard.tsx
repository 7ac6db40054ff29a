import { Button, Title } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Suspense, useState } from 'react';
import { useCan } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { More } from '@/shared/ui/More';
import { Failed } from '@/shared/ui/Page';
import { tasksQuery } from '../api';
import { TaskDrawer } from '../lazy';
import { TaskRows } from '../TaskRows';
import classes from '../Tasks.module.css';

/** What is to be done for a patient. */
export function TasksCard({ patientId, mayAdd }: { patientId: string; mayAdd: boolean }) {
  const { t } = useLang();
  const may = useCan()('tasks.write') && mayAdd;
  const [drawer, setDrawer] = useState<{ id?: string }>();
  const list = useInfiniteQuery(tasksQuery({ patientId }));
  const tasks = list.data?.pages.flatMap((one) => one.items);
  return (
    <section className={classes.card}>
      <div className={classes.head}>
        <Title order={2}>{t('tasks.record.title')}</Title>
        {may ? (
          <Button variant="subtle" size="compact-sm" leftSection={<IconPlus size={15} />} onClick={() => setDrawer({})}>
            {t('tasks.record.add')}
          </Button>
        ) : null}
      </div>
      {list.isError && !tasks ? <Failed error={list.error} retry={() => void list.refetch()} /> : null}
      {tasks?.length === 0 ? <p className={classes.none}>{t('tasks.record.none')}</p> : null}
      {tasks?.length ? (
        <div className={classes.inCard}>
          <TaskRows tasks={tasks} label={t('tasks.record.title')} narrow onOpen={(id) => setDrawer({ id })} />
          <More list={list} />
        </div>
      ) : null}
      <Suspense>{drawer ? <TaskDrawer patientId={patientId} {...drawer} onClose={() => setDrawer(undefined)} /> : null}</Suspense>
    </section>
  );
}
