import { Alert, Button } from '@mantine/core';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { CopyField } from '@/shared/ui/CopyField';
import { toast } from '@/shared/ui/toast';
import { type Settings, useRenewSecret } from './api';
import classes from './Calcom.module.css';

/** Where Cal.com tells what happens there, and the secret that it signs with, which is shown once. */
export function Webhook({ settings, canWrite }: { settings: Settings; canWrite: boolean }) {
  const { t } = useLang();
  const textOf = useErrorText();
  const renew = useRenewSecret();
  return (
    <div className={classes.form}>
      <CopyField label={t('scheduling.calcom.webhookUrl')} value={settings.webhookUrl ?? ''} />
      {renew.data ? (
        <Alert color="yellow" py="xs">
          <CopyField label={t('scheduling.calcom.secret')} description={t('scheduling.calcom.secretOnce')} value={renew.data.secret} />
        </Alert>
      ) : null}
      <div className={classes.line}>
        {canWrite ? (
          <Button variant="default" loading={renew.isPending} onClick={() => renew.mutate(settings.version, { onError: (error) => toast.failed(textOf(error)) })}>
            {t('scheduling.calcom.newSecret')}
          </Button>
        ) : null}
        <span className={classes.outcome}>{t('scheduling.calcom.secretThere', { end: settings.webhookSecretLastFour ?? '' })}</span>
      </div>
    </div>
  );
}
