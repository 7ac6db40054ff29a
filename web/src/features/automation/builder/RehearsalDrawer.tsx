import { Alert, Button, Progress } from '@mantine/core';
import { IconWand } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSession } from '@/shared/auth/session';
import { type MessageId, useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { formatDateTime, formatNumber } from '@/shared/i18n/format';
import { More } from '@/shared/ui/More';
import { Empty, Failed } from '@/shared/ui/Page';
import { SideDrawer } from '@/shared/ui/SideDrawer';
import { isOver, jobQuery, type Rehearsal, rehearsalQuery, useCancelJob, useRehearse } from '../api';
import type { Trigger } from '../definition';
import { SubjectLink } from '../runs/SubjectLink';
import { Values } from '../runs/Values';
import { useRunWords } from '../runs/useRunWords';
import { findStep, lanesTaken } from '../tree';
import type { Draft } from './Bar';
import classes from './Builder.module.css';
import { useBuilder } from './useBuilder';
import { useTitle } from './useTitle';

/** What a rehearsal goes through, by how the draft begins; nothing is known ahead of hands and other programs. */
const GOES_THROUGH: Partial<Record<Trigger['kind'], MessageId>> = { event: 'workflows.rehearse.text', date: 'workflows.rehearse.dates', schedule: 'workflows.rehearse.turns' };

/** The draft against what happened in the last month, and the dates of the next, without doing any of it. */
export function RehearsalDrawer({ draft, onClose }: { draft: Draft; onClose: () => void }) {
  const { t } = useLang();
  const textOf = useErrorText();
  const { workflow, definition, problems } = useBuilder();
  const rehearse = useRehearse(workflow.id);
  const [started, setStarted] = useState<{ id: string; jobId: string }>();
  const [refusal, setRefusal] = useState<string>();
  const wrong = problems.some(({ severity }) => severity === 'error');
  const through = definition.trigger && GOES_THROUGH[definition.trigger.kind];

  const begin = async () => {
    setRefusal(undefined);
    try {
      await draft.flush();
      setStarted(await rehearse.mutateAsync());
    } catch (error) {
      setRefusal(textOf(error));
    }
  };

  return (
    <SideDrawer title={t('workflows.rehearse')} onClose={onClose} wide>
      {refusal ? (
        <Alert color="red" role="alert" py="xs" mb="sm">
          {refusal}
        </Alert>
      ) : null}
      {started ? (
        <Result key={started.id} id={started.id} jobId={started.jobId} onAgain={() => void begin()} />
      ) : (
        <Empty
          icon={<IconWand size={26} stroke={1.6} />}
          title={t('workflows.rehearse.title')}
          text={t(wrong ? 'workflows.rehearse.wrong' : (through ?? 'workflows.rehearse.noMoment'))}
          action={
            <Button mt="xs" disabled={wrong || !through} loading={rehearse.isPending} onClick={() => void begin()}>
              {t('workflows.rehearse.go')}
            </Button>
          }
        />
      )}
    </SideDrawer>
  );
}

function Result({ id, jobId, onAgain }: { id: string; jobId: string; onAgain: () => void }) {
  const { t, lang } = useLang();
  const job = useQuery(jobQuery(jobId)).data;
  const over = !!job && isOver(job.state);
  const rehearsal = useInfiniteQuery({ ...rehearsalQuery(id), enabled: over });
  const cancel = useCancelJob();
  const first = rehearsal.data?.pages[0];
  const items = rehearsal.data?.pages.flatMap((page) => page.items) ?? [];
  if (rehearsal.error && !first) return <Failed error={rehearsal.error} retry={() => void rehearsal.refetch()} />;
  if (!first) {
    return (
      <div className={classes.rehearsal}>
        <div role="status" className={classes.rehearsed}>
          <b>{t('workflows.rehearse.running')}</b>
        </div>
        <Progress value={job?.total ? (100 * job.done) / job.total : 100} animated aria-label={t('workflows.rehearse.running')} />
        <Button variant="default" className={classes.start ?? ''} loading={cancel.isPending} onClick={() => cancel.mutate(jobId)}>
          {t('workflows.rehearse.cancel')}
        </Button>
      </div>
    );
  }
  return (
    <div className={classes.rehearsal}>
      <div role="status" className={classes.rehearsed}>
        <b>{t(first.state === 'done' ? 'workflows.rehearse.done' : 'workflows.rehearse.cancelled')}</b>
        <span>{t('workflows.rehearse.count', { events: formatNumber(lang, first.events), matched: formatNumber(lang, first.matched) })}</span>
      </div>
      <Button variant="default" className={classes.start ?? ''} onClick={onAgain}>
        {t('workflows.rehearse.again')}
      </Button>
      {items.length ? (
        <ol className={classes.would}>
          {items.map((item, n) => (
            <Would key={n} item={item} />
          ))}
        </ol>
      ) : (
        <p className={classes.hint}>{t('workflows.rehearse.nothing')}</p>
      )}
      <More list={rehearsal} below />
    </div>
  );
}

/** One moment at which it would have begun: for whom, and what would have been done. */
function Would({ item }: { item: Rehearsal['items'][number] }) {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const { definition, words } = useBuilder();
  const title = useTitle();
  const { errorText } = useRunWords();
  const ways = lanesTaken(definition, item.path).map((key) => title(key).title);
  return (
    <li>
      <div className={classes.wouldHead}>
        {item.subject ? <SubjectLink subject={item.subject} /> : null}
        <small>{formatDateTime(lang, timeZone, item.at)}</small>
      </div>
      {ways.length ? <small>{ways.join(' › ')}</small> : null}
      {item.error ? <small className={classes.wouldFail}>{errorText({ code: item.error, message: t('workflows.problem.run.broken') })}</small> : null}
      {item.actions.length ? (
        <ul>
          {item.actions.map(({ step, action, input }) => {
            const one = findStep(definition, step);
            return (
              <li key={step}>
                <b>
                  <bdi>{one ? words.stepTitle(one) : words.block(action)}</bdi>
                </b>
                <Values owner={action} values={input} words={words} />
              </li>
            );
          })}
        </ul>
      ) : (
        <small>{t('workflows.rehearse.nothingDone')}</small>
      )}
    </li>
  );
}
