import { Alert, Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { type Practice, useSetStanding } from './api';
import classes from './ConsolePage.module.css';

const SHORTEST_REASON = 3;

/** Closes a practice for everybody in it, with a reason that it may read, or opens it again. */
export function SetStanding({ practice }: { practice: Practice }) {
  const { t } = useLang();
  const textOf = useErrorText();
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState('');
  const standing = useSetStanding();
  const stop = () => {
    setAsking(false);
    setReason('');
  };
  return (
    <div className={classes.standing}>
      {standing.isError ? (
        <Alert color="red" py="xs" role="alert">
          {textOf(standing.error)}
        </Alert>
      ) : null}
      {asking ? (
        <div className={classes.ask}>
          <TextInput
            label={t('console.reason')}
            description={t('console.reasonHint')}
            maxLength={500}
            autoFocus
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <Button variant="default" onClick={stop}>
            {t('action.cancel')}
          </Button>
          <Button
            color="red"
            disabled={reason.trim().length < SHORTEST_REASON}
            loading={standing.isPending}
            onClick={() => standing.mutate({ id: practice.id, reason: reason.trim() }, { onSuccess: stop })}
          >
            {t('console.suspend')}
          </Button>
        </div>
      ) : practice.status === 'suspended' ? (
        <Button variant="default" loading={standing.isPending} onClick={() => standing.mutate({ id: practice.id })}>
          {t('console.resume')}
        </Button>
      ) : (
        <Button variant="default" onClick={() => setAsking(true)}>
          {t('console.suspend')}
        </Button>
      )}
    </div>
  );
}
