import { Button } from '@mantine/core';
import { IconDeviceLaptop, IconKeyboard, IconPhone } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useRef } from 'react';
import { uuid } from '@/shared/api/uuid';
import { useCan } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { toast } from '@/shared/ui/toast';
import type { CallWorkflow } from '../api';
import { type Transport, useStart } from '../calls/api';
import type { Case } from '../cases/api';
import classes from './Case.module.css';

const ways: { transport: Transport; icon: typeof IconPhone }[] = [
  { transport: 'phone', icon: IconPhone },
  { transport: 'web', icon: IconDeviceLaptop },
  { transport: 'text', icon: IconKeyboard },
];

/** Has somebody called about the case: by telephone, or by whoever sits here, spoken or in writing. */
export function CallButtons({ one, workflow }: { one: Case; workflow: CallWorkflow }) {
  const { t } = useLang();
  const textOf = useErrorText();
  const navigate = useNavigate();
  const ask = useStart();
  // the same one until there is an answer
  const key = useRef(uuid());
  if (!useCan()('calls.start')) return null;
  const why = workflow.enabled ? (workflow.flow ? undefined : t('cases.noFlow')) : t('cases.switchedOff');
  const waits = one.callStatus === 'queued' || one.callStatus === 'in_call';
  const begin = async (transport: Transport) => {
    try {
      const call = await ask.mutateAsync({ caseId: one.id, transport, key: key.current });
      key.current = uuid();
      if (transport === 'phone') return toast.done(t('cases.callAsked'));
      await navigate({ to: '/calls/$id/talk', params: { id: call.id } });
    } catch (error) {
      key.current = uuid();
      toast.failed(textOf(error));
    }
  };
  return (
    <>
      {why ? <span className={classes.why}>{why}</span> : null}
      {ways.map(({ transport, icon: Icon }) => (
        <Button
          key={transport}
          variant={transport === 'phone' ? 'filled' : 'default'}
          leftSection={<Icon size={16} stroke={1.8} />}
          disabled={!!why || waits || ask.isPending}
          loading={ask.isPending && ask.variables.transport === transport}
          onClick={() => void begin(transport)}
        >
          {t(`cases.callBy.${transport}`)}
        </Button>
      ))}
    </>
  );
}
