import { Alert, Button, Group, Modal, Radio, SegmentedControl, Select, Stack, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { orNull } from '@/shared/forms/merge';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { toast } from '@/shared/ui/toast';
import { type Appointment, type CancelReason, settingsQuery, useCancel, useSetStatus } from '../api';
import { useRefused } from './useSteps';

type By = CancelReason['by'];
const whose = ['patient', 'provider', 'clinic'] as const satisfies readonly By[];

type Props = { appointment: Appointment; onClose: () => void };

/** Asks by whom and why, since that is what is wanted of those who cancel; one alone can be taken back. */
export function CancelDialog({ appointment: a, onClose }: Props) {
  const { t, lang } = useLang();
  const textOf = useErrorText();
  const refused = useRefused();
  const reasons = useQuery(settingsQuery);
  const cancel = useCancel();
  const setStatus = useSetStatus();
  const [by, setBy] = useState<By>('patient');
  const [reason, setReason] = useState<string | null>(null);
  const [missing, setMissing] = useState(false);
  const [note, setNote] = useState('');
  const [following, setFollowing] = useState(false);
  const offered = (reasons.data?.reasons ?? []).filter((one) => one.by === by && !one.archived);
  const more = !!a.series && a.series.number < a.series.length;

  const go = async () => {
    if (!reason) return setMissing(true);
    try {
      const now = await cancel.mutateAsync({ id: a.id, body: { version: a.version, by, reason, note: orNull(note), following } });
      onClose();
      if (following) toast.done(t('scheduling.cancel.doneAll'));
      else toast.undoable(t('scheduling.cancel.done'), t('action.undo'), () => void setStatus.mutateAsync({ id: now.id, version: now.version, status: a.status === 'confirmed' ? 'confirmed' : 'scheduled' }).catch(refused));
    } catch (error) {
      refused(error);
    }
  };

  return (
    <Modal opened onClose={onClose} title={t('scheduling.cancel.title')} closeButtonProps={{ 'aria-label': t('action.close') }}>
      <Stack gap="md">
        {reasons.error ? <Alert color="red">{textOf(reasons.error)}</Alert> : null}
        <SegmentedControl
          fullWidth
          aria-label={t('scheduling.cancel.by')}
          value={by}
          onChange={(next) => {
            setBy(next as By);
            setReason(null);
          }}
          data={whose.map((value) => ({ value, label: t(`scheduling.cancel.by.${value}`) }))}
        />
        <Select
          label={t('scheduling.cancel.reason')}
          data={offered.map((one) => ({ value: one.key, label: lang === 'ar' && one.nameAr ? one.nameAr : one.nameEn }))}
          value={reason}
          onChange={(next) => {
            setReason(next);
            setMissing(false);
          }}
          error={missing ? t('field.required') : undefined}
          allowDeselect={false}
          nothingFoundMessage={t('scheduling.cancel.noReasons')}
          data-autofocus
        />
        <Textarea label={t('scheduling.cancel.note')} className="ownDirection" autosize minRows={2} maxRows={6} maxLength={500} value={note} onChange={(e) => setNote(e.currentTarget.value)} />
        {more ? (
          <Radio.Group label={t('scheduling.cancel.which')} value={following ? 'all' : 'one'} onChange={(next) => setFollowing(next === 'all')}>
            <Radio mt={6} value="one" label={t('scheduling.cancel.one')} />
            <Radio mt={6} value="all" label={t('scheduling.cancel.following', { count: a.series!.length - a.series!.number })} />
          </Radio.Group>
        ) : null}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t('scheduling.cancel.keep')}
          </Button>
          <Button color="red" loading={cancel.isPending} onClick={() => void go()}>
            {t('scheduling.cancel.go')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
