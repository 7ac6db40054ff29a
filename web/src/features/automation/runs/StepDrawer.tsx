import { Alert } from '@mantine/core';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDateTime } from '@/shared/i18n/format';
import { SideDrawer } from '@/shared/ui/SideDrawer';
import type { RunStep } from '../api';
import type { Step } from '../definition';
import type { Words } from '../useWords';
import { RunMark } from './RunMark';
import classes from './Runs.module.css';
import { useRunWords } from './useRunWords';
import { Values } from './Values';

type Props = { step: Step; turns: RunStep[]; words: Words; onClose: () => void };

/** What one step did, each time it was its turn. */
export function StepDrawer({ step, turns, words, onClose }: Props) {
  const { t } = useLang();
  return (
    <SideDrawer title={<bdi>{words.stepTitle(step)}</bdi>} onClose={onClose} light>
      {turns.length ? (
        <ol className={classes.turns}>
          {turns.map((turn) => (
            <Turn key={turn.seq} step={step} turn={turn} words={words} />
          ))}
        </ol>
      ) : (
        <p className={classes.hint}>{t('workflows.run.notPassed')}</p>
      )}
    </SideDrawer>
  );
}

function Turn({ step, turn, words }: { step: Step; turn: RunStep; words: Words }) {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const { length, errorText } = useRunWords();
  const owner = step.kind === 'action' ? step.action : `step.${step.kind}`;
  const facts = [
    turn.iteration.length ? t('workflows.run.turn', { n: turn.iteration.map((n) => n + 1).join('.') }) : '',
    turn.attempts > 1 ? t('workflows.run.attempts', { count: turn.attempts }) : '',
    turn.durationMs === null || turn.durationMs === undefined ? '' : length(turn.durationMs),
  ].filter(Boolean);
  const path = step.kind === 'branch' ? (step.paths.find(({ id }) => id === turn.path) ?? null) : null;
  return (
    <li>
      <div className={classes.turnHead}>
        <RunMark state={turn.state} />
        {turn.startedAt ? <span>{formatDateTime(lang, timeZone, turn.startedAt)}</span> : null}
        {facts.map((fact) => (
          <span key={fact}>{fact}</span>
        ))}
      </div>
      {turn.error ? (
        <Alert color="red" py="xs">
          {errorText(turn.error, step, words)}
        </Alert>
      ) : null}
      {step.kind === 'branch' && turn.state === 'done' ? <p className={classes.hint}>{t('workflows.run.went', { path: words.laneTitle(step, path) })}</p> : null}
      <Part title={t('workflows.run.input')} owner={owner} values={turn.input} words={words} />
      <Part title={t('workflows.run.output')} owner={owner} values={turn.output} words={words} />
    </li>
  );
}

function Part({ title, owner, values, words }: { title: string; owner: string; values: unknown; words: Words }) {
  if (values === null || values === undefined || (typeof values === 'object' && !Object.keys(values).length)) return null;
  return (
    <section>
      <h3 className={classes.part}>{title}</h3>
      <Values owner={owner} values={values} words={words} />
    </section>
  );
}
