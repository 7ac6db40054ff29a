import { useLang } from '@/shared/i18n';
import type { FlowFault, FlowFile } from '../api';
import classes from './Conversation.module.css';
import { faultsByLine, linesOf } from './faults';

/** A file to read, line by line; what is wrong stands below its line. */
export function Code({ file, faults }: { file: FlowFile; faults: FlowFault[] }) {
  const { t } = useLang();
  const wrong = faultsByLine(file.name, faults);
  return (
    // what is wider than the page is reached by keyboard as well
    <div className={classes.code} dir="ltr" tabIndex={0} role="region" aria-label={t('conversation.file', { name: file.name })}>
      <ol>
        {linesOf(file.text).map((line, i) => (
          <li key={i} data-line={i + 1} data-fault={wrong.has(i + 1) || undefined} tabIndex={wrong.has(i + 1) ? -1 : undefined}>
            <code>{line || ' '}</code>
            {wrong.get(i + 1)?.map((fault, n) => (
              <span key={n} className={classes.fault}>
                {fault.message}
              </span>
            ))}
          </li>
        ))}
      </ol>
    </div>
  );
}
