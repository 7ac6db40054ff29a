import { Alert, Button, Progress } from '@mantine/core';
import { IconWand } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { formatDateTime, formatNumber } from '@/shared/i18n/format';
import { Empty } from '@/shared/ui/Page';
import { SideDrawer } from '@/shared/ui/SideDrawer';
import { type Rehearsal, rehearsalQuery, useCancelJob, useRehearse } from '../api';
import { SubjectLink } from '../runs/SubjectLink';
import { Values } from '../runs/Values';
import { findPath, findStep, laneKey } from '../tree';
import type { Draft } from './Bar';
import classes from './Builder.module.css';
import { useBuilder } from './useBuilder';

/** The draft against what happened in the last month, without doing any of it. */
export function RehearsalDrawer({ draft, onClose }: { draft: Draft; onClose: () => void }) {
  const { t } = useLang();
  const textOf = useErrorText();
  const { workflow, problems } = useBuilder();
  const rehearse = useRehearse(workflow.id);
  const [started, setStarted] = useState<{ id: string; jobId: string }>();
  const [refusal, setRefusal] = useState<string>();
  const wrong = problems.some(({ severity }) => severity === 'error');

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
          text={t(wrong ? 'workflows.rehearse.wrong' : 'workflows.rehearse.text')}
          action={
            <Button mt="xs" disabled={wrong} loading={rehearse.isPending} onClick={() => void begin()}>
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
  const rehearsal = useQuery(rehearsalQuery(id));
  const cancel = useCancelJob();
  const data = rehearsal.data;
  const running = !data || data.state === 'running' || data.state === 'waiting';
  return (
    <div className={classes.rehearsal}>
      <div role="status" className={classes.rehearsed}>
        <b>{running ? t('workflows.rehearse.running') : t(`workflows.rehearse.${data.state === 'done' ? 'done' : data.state === 'cancelled' ? 'cancelled' : 'failed'}`)}</b>
        {data ? <span>{t('workflows.rehearse.count', { events: formatNumber(lang, data.events), matched: formatNumber(lang, data.matched) })}</span> : null}
      </div>
      {running ? (
        <>
          <Progress value={100} animated aria-label={t('workflows.rehearse.running')} />
          <Button variant="default" className={classes.start ?? ''} loading={cancel.isPending} onClick={() => cancel.mutate(jobId)}>
            {t('workflows.rehearse.cancel')}
          </Button>
        </>
      ) : (
        <Button variant="default" className={classes.start ?? ''} onClick={onAgain}>
          {t('workflows.rehearse.again')}
        </Button>
      )}
      {data?.items.length ? (
        <ol className={classes.would}>
          {data.items.map((item, n) => (
            <Would key={n} item={item} />
          ))}
        </ol>
      ) : null}
      {!running && !data.items.length ? <p className={classes.hint}>{t('workflows.rehearse.nothing')}</p> : null}
    </div>
  );
}

/** One event of back then: to whom it happened, and what would have been done. */
function Would({ item }: { item: Rehearsal['items'][number] }) {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const { definition, words } = useBuilder();
  const ways = item.path.flatMap((id) => {
    const [of = '', path = ''] = id.split('/');
    const step = findStep(definition, of);
    return step?.kind === 'branch' && id.includes('/') ? [words.laneTitle(step, findPath(definition, laneKey({ of, path: path || null })) ?? null)] : [];
  });
  return (
    <li>
      <div className={classes.wouldHead}>
        {item.subject ? <SubjectLink subject={item.subject} /> : null}
        <small>{formatDateTime(lang, timeZone, item.at)}</small>
      </div>
      {ways.length ? <small>{ways.join(' › ')}</small> : null}
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
