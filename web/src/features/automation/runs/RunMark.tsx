import { useLang } from '@/shared/i18n';
import type { RunState } from '../search';
import classes from './Runs.module.css';

/** How a run stands: a dot and a word. */
export function RunMark({ state }: { state: RunState }) {
  const { t } = useLang();
  return (
    <span className={classes.mark} data-run={state}>
      <span className={classes.dot} aria-hidden />
      {t(`workflows.run.${state}`)}
    </span>
  );
}
