import { Alert, Button, Group, Modal, SegmentedControl, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { IconMailOff, IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { phoneText } from '@/features/patients/person';
import { useCan, useSession } from '@/shared/auth/session';
import { useSendKey } from '@/shared/forms/useSubmit';
import { useLang } from '@/shared/i18n';
import { formErrors } from '@/shared/i18n/errors';
import { formatDate } from '@/shared/i18n/format';
import { More } from '@/shared/ui/More';
import { Failed } from '@/shared/ui/Page';
import { toast } from '@/shared/ui/toast';
import type { Channel } from '../api';
import { type Suppression, suppressionsQuery, useSuppress, useUnsuppress } from './api';
import classes from './Settings.module.css';

const shownAddress = ({ channel, address }: Pick<Suppression, 'channel' | 'address'>) => (channel === 'sms' ? phoneText(address) : address);

/** Addresses that get nothing any more, why, and taking them off. */
export function Suppressions() {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const may = useCan()('messages.send');
  const list = useInfiniteQuery(suppressionsQuery);
  const [removing, setRemoving] = useState<Suppression>();
  const [adding, setAdding] = useState(false);
  const rows = list.data?.pages.flatMap((page) => page.items);
  if (list.error && !rows) return <Failed error={list.error} retry={() => void list.refetch()} />;
  if (!rows) return <Skeleton h={80} />;
  return (
    <div className={classes.form}>
      {rows.length ? (
        <ul className={classes.rows} aria-label={t('messages.suppressions')}>
          {rows.map((one) => (
            <li key={one.id} data-suppressed={one.reason}>
              <span className={classes.text}>
                <b>
                  <bdi className="ltr tnum">{shownAddress(one)}</bdi>
                </b>
                <small>
                  {t(`messages.suppressions.reason.${one.reason}`)} · <span className="tnum">{formatDate(lang, timeZone, one.createdAt)}</span>
                </small>
              </span>
              {may ? (
                <Button variant="subtle" size="compact-sm" color="gray" onClick={() => setRemoving(one)}>
                  {t('messages.suppressions.remove')}
                </Button>
              ) : null}
            </li>
          ))}
        </ul>
      ) : (
        <p className={classes.none}>
          <IconMailOff size={18} stroke={1.6} aria-hidden />
          {t('messages.suppressions.emptyText')}
        </p>
      )}
      <More list={list} below />
      {may ? (
        <div className={classes.line}>
          <Button variant="default" leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
            {t('messages.suppressions.add')}
          </Button>
        </div>
      ) : null}
      {removing ? <Remove suppression={removing} onClose={() => setRemoving(undefined)} /> : null}
      {adding ? <Add onClose={() => setAdding(false)} /> : null}
    </div>
  );
}

function Remove({ suppression, onClose }: { suppression: Suppression; onClose: () => void }) {
  const words = useLang();
  const { t } = words;
  const remove = useUnsuppress();
  const [why, setWhy] = useState('');
  const [error, setError] = useState<string>();
  const asked = ['unsubscribe', 'stop', 'complaint'].includes(suppression.reason);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    try {
      await remove.mutateAsync({ id: suppression.id, reason: why.trim() });
      toast.done(t('messages.suppressions.removed'));
      onClose();
    } catch (refused) {
      const { byField, whole } = formErrors(words, refused, ['reason']);
      setError(byField.reason ?? whole);
    }
  };
  return (
    <Modal opened onClose={onClose} title={t('messages.suppressions.remove')} closeButtonProps={{ 'aria-label': t('action.close') }}>
      <form noValidate onSubmit={(event) => void save(event)}>
        <Stack gap="md">
          <Text size="sm">{t('messages.suppressions.removeText', { address: `\u2066${shownAddress(suppression)}\u2069` })}</Text>
          {asked ? (
            <Alert color="yellow" py="xs">
              {t('messages.suppressions.stopped')}
            </Alert>
          ) : null}
          <TextInput label={t('messages.suppressions.removeWhy')} className="ownDirection" maxLength={300} data-autofocus value={why} error={error} onChange={(event) => setWhy(event.currentTarget.value)} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('action.cancel')}
            </Button>
            <Button type="submit" color="red" disabled={!why.trim()} loading={remove.isPending}>
              {t('messages.suppressions.remove')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function Add({ onClose }: { onClose: () => void }) {
  const words = useLang();
  const { t } = words;
  const keyOf = useSendKey();
  const suppress = useSuppress();
  const [channel, setChannel] = useState<Channel>('sms');
  const [address, setAddress] = useState('');
  const [error, setError] = useState<string>();
  const save = async (event: FormEvent) => {
    event.preventDefault();
    const body = { channel, address: address.trim() };
    try {
      await suppress.mutateAsync({ ...body, key: keyOf(body) });
      toast.done(t('messages.suppressions.added'));
      onClose();
    } catch (refused) {
      const { byField, whole } = formErrors(words, refused, ['address']);
      setError(byField.address ?? whole);
    }
  };
  return (
    <Modal opened onClose={onClose} title={t('messages.suppressions.add')} closeButtonProps={{ 'aria-label': t('action.close') }}>
      <form noValidate onSubmit={(event) => void save(event)}>
        <Stack gap="md">
          <SegmentedControl
            fullWidth
            aria-label={t('messages.channel')}
            value={channel}
            onChange={(next) => setChannel(next as Channel)}
            data={(['sms', 'email'] as const).map((value) => ({ value, label: t(`messages.channel.${value}`) }))}
          />
          <TextInput label={t('messages.suppressions.address')} type={channel === 'sms' ? 'tel' : 'email'} dir="ltr" maxLength={254} data-autofocus value={address} error={error} onChange={(event) => setAddress(event.currentTarget.value)} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('action.cancel')}
            </Button>
            <Button type="submit" disabled={!address.trim()} loading={suppress.isPending}>
              {t('action.add')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
