import { Alert, Button, Skeleton } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useCan } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { CopyField } from '@/shared/ui/CopyField';
import { Failed } from '@/shared/ui/Page';
import { toast } from '@/shared/ui/toast';
import { useRotate, webhookQuery } from '../api';
import classes from './Builder.module.css';
import { useBuilder } from './useBuilder';

/** Where others call, and what they sign with; the secret is shown once. */
export function WebhookAddress() {
  const { t } = useLang();
  const textOf = useErrorText();
  const { workflow, readOnly } = useBuilder();
  const may = useCan()('workflows.publish');
  const webhook = useQuery({ ...webhookQuery(workflow.id), enabled: may });
  const rotate = useRotate(workflow.id);
  const [secret, setSecret] = useState<string>();
  if (webhook.error && !webhook.data) return <Failed error={webhook.error} retry={() => void webhook.refetch()} />;
  if (!may) return <p className={classes.hint}>{t('workflows.webhook.forbidden')}</p>;
  if (!webhook.data) return <Skeleton h={120} />;
  const renew = () =>
    void rotate
      .mutateAsync()
      .then((answer) => setSecret(answer.secret ?? undefined))
      .catch((error: unknown) => toast.failed(textOf(error)));
  return (
    <>
      {webhook.data.address ? <CopyField label={t('workflows.webhook.address')} description={t('workflows.webhook.about')} value={location.origin + new URL(webhook.data.address, location.origin).pathname} /> : <p className={classes.hint}>{t('workflows.webhook.none')}</p>}
      {secret ? (
        <Alert color="teal" variant="light">
          <CopyField label={t('workflows.webhook.secret')} description={t('workflows.webhook.once')} value={secret} />
        </Alert>
      ) : null}
      {readOnly ? null : (
        <Button variant="default" className={classes.start ?? ''} leftSection={<IconKey size={16} />} loading={rotate.isPending} onClick={renew}>
          {t(webhook.data.address ? 'workflows.webhook.rotate' : 'workflows.webhook.make')}
        </Button>
      )}
    </>
  );
}
