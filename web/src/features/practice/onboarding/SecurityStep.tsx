import { Button, Radio, Select, Skeleton, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { securityQuery, useChangeSecurity } from '@/features/identity/security/api';
import { idleChoices, including, sayMinutes } from '@/features/identity/security/choices';
import type { Schemas } from '@/shared/api/problem';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { Failed } from '@/shared/ui/Page';
import { toast } from '@/shared/ui/toast';
import { useSecuritySeen } from './api';
import classes from './Onboarding.module.css';
import { StepFoot, type StepProps } from './StepFoot';

type Demand = Schemas['Demand'];
const demands: Demand[] = ['nobody', 'patients', 'everybody'];

/** What is demanded of whoever signs in. Having looked at it and left it alone is an answer too. */
export function SecurityStep(step: StepProps) {
  const { t } = useLang();
  const textOf = useErrorText();
  const security = useQuery(securityQuery);
  const change = useChangeSecurity();
  const seen = useSecuritySeen();
  const [demand, setDemand] = useState<Demand>();
  const [idle, setIdle] = useState<number>();
  if (security.isError) return <Failed error={security.error} retry={() => void security.refetch()} />;
  if (!security.data) return <Skeleton h={240} m="md" />;
  const { version, requireSecondFactor, idleMinutes } = security.data;
  const changes = {
    ...(demand === undefined || demand === requireSecondFactor ? {} : { requireSecondFactor: demand }),
    ...(idle === undefined || idle === idleMinutes ? {} : { idleMinutes: idle }),
  };

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    try {
      if (Object.keys(changes).length) await change.mutateAsync({ version, ...changes });
      await seen.mutateAsync();
      step.next();
    } catch (error) {
      // somebody else was quicker: what is chosen here stays, on top of what is there now
      void security.refetch();
      toast.failed(textOf(error));
    }
  };

  return (
    <form noValidate onSubmit={(event) => void submit(event)} aria-labelledby="welcome-step">
      <div className={classes.body}>
        <Radio.Group
          label={t('security.factor')}
          description={t('security.factorText')}
          value={demand ?? requireSecondFactor}
          onChange={(value) => setDemand(value as Demand)}
        >
          <Stack gap="sm" mt="sm">
            {demands.map((value) => (
              <Radio key={value} value={value} label={t(`security.factor.${value}`)} description={t(`security.factor.${value}.text`)} />
            ))}
          </Stack>
        </Radio.Group>
        <Select
          label={t('security.idle')}
          description={t('security.idleText')}
          inputWrapperOrder={['label', 'description', 'input', 'error']}
          allowDeselect={false}
          data={including(idleChoices, idleMinutes).map((m) => ({ value: String(m), label: sayMinutes(t, m) }))}
          value={String(idle ?? idleMinutes)}
          onChange={(value) => setIdle(Number(value))}
        />
      </div>
      <StepFoot step={step}>
        <Button type="submit" loading={change.isPending || seen.isPending}>
          {t(Object.keys(changes).length ? 'welcome.saveNext' : 'welcome.security.fine')}
        </Button>
      </StepFoot>
    </form>
  );
}
