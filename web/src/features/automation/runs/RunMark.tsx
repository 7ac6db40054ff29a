import { useLang } from '@/shared/i18n';
import { type RunState, runStates } from '../search';
import classes from './Runs.module.css';

/** How a run stands: a dot and a word. */
export function RunMark({ state: given }: { state: RunState | 'started' | (string & {}) }) {
  const { t } = useLang();
  // a step that was begun and not ended yet
  const state = runStates.find((one) => one === given) ?? 'running';
  return (
    <span className={classes.mark} data-run={state}>
      <span className={classes.dot} aria-hidden />
      {t(`workflows.run.${state}`)}
    </span>
  );
}
