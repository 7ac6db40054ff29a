import { Alert, Badge, Button, Skeleton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconAlertTriangle, IconChevronLeft, IconPlayerPlay, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { lazy, Suspense, useMemo, useRef, useState } from 'react';
import { ApiProblem } from '@/shared/api/problem';
import { useCan, useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { formatDateTime } from '@/shared/i18n/format';
import { Gate } from '@/shared/ui/Gate';
import { Failed } from '@/shared/ui/Page';
import { PHONE } from '@/shared/ui/phone';
import { takeRest } from '@/shared/ui/takeRest';
import { toast } from '@/shared/ui/toast';
import { blocksQuery, type Run, runQuery, useRuns, workflowQuery } from '../api';
import page from '../canvas/Frame.module.css';
import { Outline } from '../canvas/Outline';
import { findStep, isLane, type Key, laneOf, readingOrder, TRIGGER } from '../tree';
import { useRefs } from '../useRefs';
import { useWords } from '../useWords';
import { passed } from './passed';
import { RunMark } from './RunMark';
import classes from './Runs.module.css';
import { SubjectLink } from './SubjectLink';
import { useRunWords } from './useRunWords';

const WorkflowCanvas = lazy(() => import('../canvas/WorkflowCanvas').then((m) => ({ default: m.WorkflowCanvas })));
const StepDrawer = lazy(() => import('./StepDrawer').then((m) => ({ default: m.StepDrawer })));
const route = getRouteApi('/inside/workflows/runs/$id');

export function RunPage() {
  return (
    <Gate title="workflows.run" needs="workflows.read">
      <Loaded />
    </Gate>
  );
}

function Loaded() {
  const { id } = route.useParams();
  const run = useQuery(runQuery(id));
  if (run.data) return <Page run={run.data} />;
  return run.error ? <Failed error={run.error} retry={() => void run.refetch()} /> : <Skeleton h="calc(100dvh - 120px)" />;
}

/** What a run did, on the picture of its workflow. */
function Page({ run }: { run: Run }) {
  const { t } = useLang();
  const blocks = useQuery(blocksQuery).data;
  const { nameOf } = useRefs();
  const words = useWords(blocks, run.definition, nameOf);
  const phone = useMediaQuery(PHONE, matchMedia(PHONE).matches, { getInitialValueInEffect: false });
  const way = useMemo(() => passed(run.definition, run.steps), [run]);
  const [selected, setSelected] = useState<Key | null>(null);
  const host = useRef<HTMLDivElement>(null);

  const select = (key: Key | null) => setSelected(key && isLane(key) ? laneOf(key).of : key);
  // up and down go through what was passed, as in the builder through everything
  const onKeyDown = (event: React.KeyboardEvent) => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const at = (event.target as HTMLElement).closest<HTMLElement>('[data-key]')?.dataset.key;
    if (!by || !at) return;
    const order = readingOrder(run.definition);
    const to = order[order.indexOf(at) + by];
    if (!to) return;
    event.preventDefault();
    host.current?.querySelector<HTMLElement>(`[data-key="${to}"]`)?.focus();
  };

  const step = selected && selected !== TRIGGER ? findStep(run.definition, selected) : undefined;
  const shown = { definition: run.definition, words, selected, onSelect: select, marks: way.marks, passed: way.keys };
  return (
    <div ref={takeRest} className={page.page}>
      <Bar run={run} />
      <Trouble run={run} words={words} onOpen={select} />
      <div className={page.work}>
        {phone ? (
          <Outline {...shown} />
        ) : (
          <div ref={host} className={page.canvas} role="group" aria-label={t('workflows.canvas')} onKeyDown={onKeyDown}>
            <Suspense fallback={<Skeleton h="100%" radius={0} />}>
              <WorkflowCanvas {...shown} />
            </Suspense>
          </div>
        )}
      </div>
      <Suspense>{step ? <StepDrawer key={step.id} step={step} turns={run.steps.filter(({ stepId }) => stepId === step.id)} words={words} onClose={() => setSelected(null)} /> : null}</Suspense>
    </div>
  );
}

function Bar({ run }: { run: Run }) {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const { took } = useRunWords();
  const lasted = took(run);
  const { error } = useQuery({ ...workflowQuery(run.workflow.id), retry: false });
  const gone = error instanceof ApiProblem && error.problem.status === 404;
  return (
    <div className={page.bar}>
      <Link to="/workflows/runs" search={{ workflow: run.workflow.id }} className={classes.up} aria-label={t('workflows.runs')}>
        <IconChevronLeft size={20} stroke={1.8} className={classes.back} />
      </Link>
      <div className={page.titles}>
        <h1 className={page.name}>
          <bdi className="cut">
            {gone ? (
              run.workflow.name
            ) : (
              <Link to="/workflows/$id" params={{ id: run.workflow.id }} className={classes.who}>
                {run.workflow.name}
              </Link>
            )}
          </bdi>
        </h1>
        <div className={page.state}>
          <RunMark state={run.state} />
          {gone ? <span>{t('workflows.gone.workflow')}</span> : null}
          {run.test ? (
            <Badge radius="sm" className={classes.test}>
              {t('workflows.run.test')}
            </Badge>
          ) : (
            <span>{t('workflows.version', { n: run.version })}</span>
          )}
          {run.subject ? <SubjectLink subject={run.subject} patient={run.patientId} /> : null}
          <span>{formatDateTime(lang, timeZone, run.startedAt)}</span>
          {lasted ? <span>{lasted}</span> : null}
        </div>
      </div>
      <Acts run={run} />
    </div>
  );
}

function Acts({ run }: { run: Run }) {
  const { t } = useLang();
  const textOf = useErrorText();
  const may = useCan()('workflows.run');
  const { resume, cancel } = useRuns();
  const now = useQuery({ ...workflowQuery(run.workflow.id), retry: false }).data;
  // what failed may have been mended meanwhile
  const newer = now?.publishedVersion && now.publishedVersion > run.version ? now.publishedVersion : undefined;
  const [busy, setBusy] = useState(false);
  const act = (work: () => Promise<unknown>) => {
    setBusy(true);
    void work()
      .catch((error: unknown) => toast.failed(textOf(error)))
      .finally(() => setBusy(false));
  };
  if (!may) return null;
  return (
    <>
      {run.state === 'failed' && newer ? (
        <Button leftSection={<IconPlayerPlay size={16} />} loading={busy} onClick={() => act(() => resume(run.id, 'newest'))}>
          {t('workflows.run.resumeWith', { n: newer })}
        </Button>
      ) : null}
      {run.state === 'failed' ? (
        <Button variant={newer ? 'default' : 'filled'} leftSection={<IconPlayerPlay size={16} />} loading={busy} onClick={() => act(() => resume(run.id, 'own'))}>
          {t('workflows.run.resume')}
        </Button>
      ) : null}
      {run.state === 'waiting' || run.state === 'running' ? (
        <Button variant="default" leftSection={<IconX size={16} />} loading={busy} onClick={() => act(() => cancel(run.id))}>
          {t('workflows.run.cancel')}
        </Button>
      ) : null}
    </>
  );
}

/** Why it does not go on. */
function Trouble({ run, words, onOpen }: { run: Run; words: ReturnType<typeof useWords>; onOpen: (key: Key) => void }) {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const { errorText } = useRunWords();
  if (run.error) {
    const step = run.error.step ? findStep(run.definition, run.error.step) : undefined;
    return (
      <Alert color="red" radius={0} icon={<IconAlertTriangle />} title={step ? t('workflows.run.failedAt', { step: words.stepTitle(step) }) : t('workflows.run.failed')} className={classes.trouble ?? ''}>
        {errorText(run.error, step, words)}
        {step ? (
          <Button variant="default" size="xs" ms="md" onClick={() => onOpen(step.id)}>
            {t('workflows.run.look')}
          </Button>
        ) : null}
      </Alert>
    );
  }
  if (run.state === 'waiting' && run.wakesAt) return <p className={classes.wakes}>{t('workflows.run.wakes', { when: formatDateTime(lang, timeZone, run.wakesAt) })}</p>;
  return null;
}
