import { Link } from '@tanstack/react-router';
import { useCan } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import type { Call } from './api';
import classes from './Calls.module.css';

/** To the case that a call is about. */
export function CaseLink({ call: { caseId } }: { call: Pick<Call, 'caseId'> }) {
  const { t } = useLang();
  if (!useCan()('cases.read') || !caseId) return null;
  return (
    <Link to="/cases/$id" params={{ id: caseId }} className={classes.link}>
      {t('calls.case')}
    </Link>
  );
}
