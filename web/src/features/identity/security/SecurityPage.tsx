import { Alert, Button, Radio, Select, Skeleton, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconEye, IconLock, IconUsers } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { hasCode } from '@/shared/api/problem';
import { useCan } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { Empty, Failed, PageHeader, usePageTitle } from '@/shared/ui/Page';
import { SaveBar } from '@/shared/ui/SaveBar';
import { toast } from '@/shared/ui/toast';
import account from '../account/Account.module.css';
import { Section } from '../account/Section';
import { Refusal } from '../Refusal';
import { type Security, securityQuery, useChangeSecurity } from './api';
import { idleChoices, including, inviteChoices, sayHours, sayMinutes } from './choices';

/** What the practice demands of everybody who signs in. */
export function SecurityPage() {
  const { t } = useLang();
  usePageTitle(t('security.title'));
  const may = useCan()('security.read');
  const security = useQuery({ ...securityQuery, enabled: may });
  return (
    <>
      <PageHeader title={t('security.title')} sub={t('security.sub')} />
      {!may ? (
        <Empty icon={<IconLock size={26} stroke={1.6} />} title={t('forbidden.title')} text={t('forbidden.text')} />
      ) : security.isError ? (
        <Failed error={security.error} retry={() => void security.refetch()} />
      ) : security.data ? (
        <Editor loaded={security.data} />
      ) : (
        <div className={account.page}>
          <Skeleton h={140} />
          <Skeleton h={220} />
          <Skeleton h={140} />
        </div>
      )}
    </>
  );
}

const demands = ['nobody', 'patients', 'everybody'] as const;

function Editor({ loaded }: { loaded: Security }) {
  const { t } = useLang();
  const client = useQueryClient();
  const readOnly = !useCan()('security.write');
  const change = useChangeSecurity();
  const [base, setBase] = useState(loaded);
  const [refusal, setRefusal] = useState<unknown>();
  const form = useForm<Security>({ initialValues: loaded });
  const { idleMinutes, requireSecondFactor, inviteHours } = form.values;
  const changes = {
    ...(idleMinutes === base.idleMinutes ? {} : { idleMinutes }),
    ...(requireSecondFactor === base.requireSecondFactor ? {} : { requireSecondFactor }),
    ...(inviteHours === base.inviteHours ? {} : { inviteHours }),
  };
  const dirty = Object.keys(changes).length > 0;
  const newer = loaded.version > base.version ? loaded : undefined;

  const take = (security: Security) => {
    setBase(security);
    form.setValues({ ...security, ...changes, version: security.version });
  };
  // nothing typed yet: a later state simply comes in; after that it waits for a look
  useEffect(() => {
    if (newer && !dirty) take(newer);
  }, [newer?.version]);

  const save = form.onSubmit(async () => {
    setRefusal(undefined);
    try {
      const saved = await change.mutateAsync({ version: base.version, ...changes });
      setBase(saved);
      form.setValues(saved);
      toast.done(t('security.saved'));
    } catch (error) {
      if (hasCode(error, 'version.stale') && error.problem.current) return client.setQueryData(securityQuery.queryKey, error.problem.current as Security);
      setRefusal(error);
    }
  });

  return (
    <form noValidate onSubmit={save}>
      <div className={account.page}>
        {readOnly ? (
          <Alert color="gray" variant="light" icon={<IconEye />} py="xs">
            {t('security.readOnly')}
          </Alert>
        ) : null}
        {newer && dirty ? (
          <Alert color="yellow" icon={<IconUsers />} title={t('security.conflict')} role="alert">
            <Text size="sm">{t('security.conflictText')}</Text>
            <Button mt="sm" size="xs" variant="default" onClick={() => take(newer)}>
              {t('security.load')}
            </Button>
          </Alert>
        ) : null}
        <Refusal error={refusal} />
        <Section title={t('security.idle')} text={t('security.idleText')}>
          <Select
            aria-label={t('security.idle')}
            maw={260}
            disabled={readOnly}
            allowDeselect={false}
            data={including(idleChoices, base.idleMinutes).map((m) => ({ value: String(m), label: sayMinutes(t, m) }))}
            value={String(idleMinutes)}
            onChange={(value) => form.setFieldValue('idleMinutes', Number(value))}
          />
        </Section>
        <Section title={t('security.factor')} text={t('security.factorText')}>
          <Radio.Group
            aria-label={t('security.factor')}
            value={requireSecondFactor}
            onChange={(value) => form.setFieldValue('requireSecondFactor', value as Security['requireSecondFactor'])}
          >
            <Stack gap="sm">
              {demands.map((demand) => (
                <Radio key={demand} value={demand} disabled={readOnly} label={t(`security.factor.${demand}`)} description={t(`security.factor.${demand}.text`)} />
              ))}
            </Stack>
          </Radio.Group>
        </Section>
        <Section title={t('security.invite')} text={t('security.inviteText')}>
          <Select
            aria-label={t('security.invite')}
            maw={260}
            disabled={readOnly}
            allowDeselect={false}
            data={including(inviteChoices, base.inviteHours).map((h) => ({ value: String(h), label: sayHours(t, h) }))}
            value={String(inviteHours)}
            onChange={(value) => form.setFieldValue('inviteHours', Number(value))}
          />
        </Section>
      </div>
      {readOnly ? null : <SaveBar dirty={dirty} busy={change.isPending} blocked={!!newer} onDiscard={() => form.setValues(base)} />}
    </form>
  );
}
