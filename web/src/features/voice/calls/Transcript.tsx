import { Button, Group, Modal, Skeleton, Text } from '@mantine/core';
import { IconEye, IconEyeOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useLang } from '@/shared/i18n';
import { Failed } from '@/shared/ui/Page';
import { turnsQuery } from './api';
import calls from './Calls.module.css';
import { Lines } from './Lines';

/** What was said in a call that is over; what is sensitive is left out until somebody wants to see it, which is recorded. */
export function Transcript({ id, marked, className }: { id: string; marked?: number | undefined; className?: string | undefined }) {
  const { t } = useLang();
  const [original, setOriginal] = useState(false);
  const [asking, setAsking] = useState(false);
  useEffect(() => setOriginal(false), [id]);
  const turns = useQuery(turnsQuery(id, original));
  const hides = turns.data?.some(({ isRedacted }) => isRedacted);
  const close = () => setAsking(false);
  return (
    <section className={calls.part} aria-labelledby="transcript">
      <div className={calls.partHead}>
        <h3 id="transcript">{t('calls.transcript')}</h3>
        {original ? (
          <Button size="xs" variant="default" leftSection={<IconEyeOff size={15} />} onClick={() => setOriginal(false)}>
            {t('calls.original.hide')}
          </Button>
        ) : hides ? (
          <Button size="xs" variant="default" leftSection={<IconEye size={15} />} onClick={() => setAsking(true)}>
            {t('calls.original.show')}
          </Button>
        ) : null}
      </div>
      {turns.data ? <Lines lines={turns.data} self="practice" label={t('calls.transcript')} marked={marked} className={className} /> : turns.error ? <Failed error={turns.error} retry={() => void turns.refetch()} /> : <Skeleton h={180} />}
      <Modal opened={asking} onClose={close} size="sm" title={t('calls.original.ask')} closeButtonProps={{ 'aria-label': t('action.close') }}>
        <Text size="sm" mb="md">
          {t('calls.original.text')}
        </Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close} data-autofocus>
            {t('action.cancel')}
          </Button>
          <Button
            onClick={() => {
              close();
              setOriginal(true);
            }}
          >
            {t('calls.original.go')}
          </Button>
        </Group>
      </Modal>
    </section>
  );
}
