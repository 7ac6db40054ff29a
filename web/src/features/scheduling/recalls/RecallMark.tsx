import { useLang } from '@/shared/i18n';
import type { Status } from './api';
import classes from './Recalls.module.css';

/** Where a recall stands: a dot and a word, never colour alone. */
export function RecallMark({ status }: { status: Status }) {
  const { t } = useLang();
  return (
    <span className={classes.mark} data-recall={status}>
      <span className={classes.dot} aria-hidden />
      {t(`recalls.status.${status}`)}
    </span>
  );
}
