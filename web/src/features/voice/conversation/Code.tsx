import { useLang } from '@/shared/i18n';
import type { FlowFile } from '../api';
import classes from './Conversation.module.css';
import { linesOf } from './faults';

type Props = {
  file: FlowFile;
  /** The line that is looked at, from 1. */
  line: number | undefined;
};

/** A file to read, line by line. */
export function Code({ file, line }: Props) {
  const { t } = useLang();
  return (
    // what is wider than the page is reached by keyboard as well
    <div className={classes.code} dir="ltr" tabIndex={0} role="region" aria-label={t('conversation.file', { name: file.name })}>
      <ol>
        {linesOf(file.text).map((text, i) => (
          <li key={i} {...(line === i + 1 ? { 'data-here': true, tabIndex: -1 } : {})}>
            <code>{text || ' '}</code>
          </li>
        ))}
      </ol>
    </div>
  );
}
