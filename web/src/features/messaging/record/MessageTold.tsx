import type { Entry } from '@/features/patients/api';
import { useLang } from '@/shared/i18n';
import { useMessageWords } from '../words';
import classes from './Record.module.css';

/** Of what happened with a message: by which channel, what it said, and why where it did not arrive. */
export function MessageTold({ entry }: { entry: Entry }) {
  const { t, lookup } = useLang();
  const { reason, understood } = useMessageWords();
  const after = (field: string) => {
    const value = entry.changes.find((change) => change.field === field)?.after;
    return typeof value === 'string' && value ? value : undefined;
  };
  const [channel, subject, text, why, meant] = [after('channel'), after('subject'), after('text'), after('reason'), after('meant')];
  const meaning = meant ? understood({ direction: 'in', reason: meant }) : undefined;
  return (
    <div className={classes.told}>
      {channel ? <small>{lookup(`messages.channel.${channel}`) ?? channel}</small> : null}
      {subject || text ? (
        <p dir="auto">
          {subject ? <b>{subject}</b> : null}
          {subject && text ? '\n' : null}
          {text}
        </p>
      ) : null}
      {why && entry.kind !== 'message.replied' ? <span className={classes.why}>{entry.kind === 'message.unknown' ? t('messages.doubt') : reason(why)}</span> : null}
      {meaning ? <span className={classes.meant}>{meaning}</span> : null}
    </div>
  );
}
