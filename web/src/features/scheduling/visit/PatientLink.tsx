import { Alert, Button, Group } from '@mantine/core';
import { IconLink, IconMail } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, unwrap } from '@/shared/api/client';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { CopyField, useCopy } from '@/shared/ui/CopyField';
import { toast } from '@/shared/ui/toast';
import type { Appointment } from '../api';

const at = (id: string) => ({ params: { path: { id } } });

/** The link by which the patient confirms, moves or cancels: copied, or sent to them. */
export function PatientLink({ appointment: a }: { appointment: Appointment }) {
  const { t } = useLang();
  const textOf = useErrorText();
  const client = useQueryClient();
  const { copied, copy } = useCopy();
  const [failed, setFailed] = useState<unknown>();
  const make = useMutation({ mutationFn: () => unwrap(api.POST('/api/v1/appointments/{id}/link', at(a.id))) });
  const send = useMutation({
    mutationFn: () => api.POST('/api/v1/appointments/{id}/link/send', at(a.id)),
    onSuccess: () => void client.invalidateQueries({ queryKey: ['patient', 'timeline'] }),
  });
  const revoke = useMutation({ mutationFn: () => api.DELETE('/api/v1/appointments/{id}/link', at(a.id)) });
  const attempt = async (work: () => Promise<void>) => {
    setFailed(undefined);
    await work().catch(setFailed);
  };
  return (
    <>
      <Group gap="xs">
        <Button size="sm" variant="default" leftSection={<IconLink size={16} />} loading={make.isPending} onClick={() => void attempt(async () => copy((await make.mutateAsync()).url))}>
          {t(copied ? 'action.copied' : 'scheduling.link.copy')}
        </Button>
        <Button
          size="sm"
          variant="default"
          leftSection={<IconMail size={16} />}
          loading={send.isPending}
          onClick={() =>
            void attempt(async () => {
              await send.mutateAsync();
              toast.done(t('scheduling.link.sent'));
            })
          }
        >
          {t('scheduling.link.send')}
        </Button>
      </Group>
      {failed ? <Alert color="orange">{textOf(failed)}</Alert> : null}
      {make.data ? (
        <>
          <CopyField label={t('scheduling.link.label')} description={t('scheduling.link.hint')} value={make.data.url} />
          <Button
            size="sm"
            variant="subtle"
            color="red"
            style={{ alignSelf: 'flex-start' }}
            loading={revoke.isPending}
            onClick={() =>
              void attempt(async () => {
                await revoke.mutateAsync();
                make.reset();
                toast.done(t('scheduling.link.revoked'));
              })
            }
          >
            {t('scheduling.link.revoke')}
          </Button>
        </>
      ) : null}
    </>
  );
}
