import { Alert, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useLang } from '@/shared/i18n';
import type { Flow, FlowFault } from '../api';
import classes from './Conversation.module.css';
import { canOpen, placeOf } from './faults';

/** What is wrong with the files in the folder, each with a way to its place; the version in use stays meanwhile. */
export function Faults({ flow, onOpen }: { flow: Flow; onOpen: (fault: FlowFault) => void }) {
  const { t } = useLang();
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle />} title={t('conversation.faults', { count: flow.faults.length })}>
      <p className={classes.note}>{t(flow.number === null ? 'conversation.faultsFirst' : 'conversation.faultsText')}</p>
      <ul className={classes.faults}>
        {flow.faults.map((fault, i) => (
          <li key={i}>
            {canOpen(flow.files, fault) ? (
              <UnstyledButton onClick={() => onOpen(fault)}>
                <VisuallyHidden>{t('conversation.goTo')} </VisuallyHidden>
                <bdi className="ltr">{placeOf(fault)}</bdi>
              </UnstyledButton>
            ) : (
              <bdi className="ltr">{placeOf(fault)}</bdi>
            )}
            <bdi>{fault.message}</bdi>
          </li>
        ))}
      </ul>
    </Alert>
  );
}
