import { useLang } from '@/shared/i18n';
import type { Status } from './api';
import classes from './status.module.css';

/** The colour alone, beside what says it in words. */
export const StatusDot = ({ status }: { status: Status }) => <span className={classes.dot} data-appointment-status={status} aria-hidden />;

/** How far an appointment has come: a dot and a word, never colour alone. */
export function StatusMark({ status }: { status: Status }) {
  const { t } = useLang();
  return (
    <span className={classes.mark}>
      <StatusDot status={status} />
      {t(`appointment.status.${status}`)}
    </span>
  );
}
