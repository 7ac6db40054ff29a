import { Link } from '@tanstack/react-router';
import type { Entry } from '@/features/patients/api';
import { useLang } from '@/shared/i18n';
import type { Call } from '../api';
import classes from '../Calls.module.css';
import { lengthText, outcomeText } from '../words';

/** Of a call that is over: what came of it, how long it took, and the way to all that is known of it. */
export function CallTold({ entry, className }: { entry: Entry; className: string | undefined }) {
  const words = useLang();
  const after = (field: string): unknown => entry.changes.find((change) => change.field === field)?.after;
  const [outcome, endedBy, talkMs] = [after('outcome'), after('endedBy'), after('talkMs')];
  const came = outcomeText(words, { outcome: typeof outcome === 'string' ? outcome : null, endedBy: (typeof endedBy === 'string' ? endedBy : null) as Call['endedBy'] });
  return (
    <div className={className}>
      <span>
        {came ? <bdi>{came}</bdi> : null}
        {typeof talkMs === 'number' && talkMs > 0 ? (
          <>
            {' · '}
            <bdi className="ltr">{lengthText(talkMs)}</bdi>
          </>
        ) : null}
      </span>
      <span>
        <Link to="/calls/$id" params={{ id: entry.resourceId }} className={classes.link}>
          {words.t('calls.open')}
        </Link>
      </span>
    </div>
  );
}
