import { Alert, UnstyledButton } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useLang } from '@/shared/i18n';
import type { Flow, FlowFault } from '../api';
import classes from './Conversation.module.css';
import { missingFiles } from './faults';

/** What is wrong with the files, each with a way to its place; that the version in use stays meanwhile. */
export function Faults({ flow, onOpen }: { flow: Flow; onOpen: (fault: FlowFault) => void }) {
  const { t } = useLang();
  const missing = missingFiles(flow.files, flow.faults);
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle />} title={t('conversation.faults', { count: flow.faults.length })}>
      <p className={classes.note}>{t(flow.number === null ? 'conversation.faultsFirst' : 'conversation.faultsText')}</p>
      <ul className={classes.faults}>
        {flow.faults.map((fault, i) => (
          <li key={i}>
            {missing.includes(fault.file) ? (
              <bdi className="ltr">{fault.file}</bdi>
            ) : (
              <UnstyledButton onClick={() => onOpen(fault)} aria-label={t('conversation.openFault', { file: fault.file, line: fault.line })}>
                <bdi className="ltr">{`${fault.file}:${fault.line}:${fault.column}`}</bdi>
              </UnstyledButton>
            )}
            <bdi>{fault.message}</bdi>
          </li>
        ))}
      </ul>
    </Alert>
  );
}
