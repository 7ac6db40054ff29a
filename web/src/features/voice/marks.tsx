import { useLang } from '@/shared/i18n';
import type { CaseStatus } from './search';
import classes from './Voice.module.css';

/** How far the calls of a case have come: a dot and a word. */
export function CaseMark({ status }: { status: CaseStatus }) {
  const { t } = useLang();
  return (
    <span className={classes.mark} data-state={status}>
      <span className={classes.dot} aria-hidden />
      {t(`cases.status.${status}`)}
    </span>
  );
}
