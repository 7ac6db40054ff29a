import { Alert, Button, Radio, SegmentedControl, Skeleton, Stack, Text } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSendKey } from '@/shared/forms/useSubmit';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { Failed } from '@/shared/ui/Page';
import { SideDrawer } from '@/shared/ui/SideDrawer';
import { toast } from '@/shared/ui/toast';
import { type Patient, patientQuery } from '../api';
import type { Field } from '../draft';
import { namesOf } from '../person';
import { usePatientWords } from '../words';
import { useMerge, useUnmerge } from './api';
import { undecided } from './choice';
import classes from './Duplicates.module.css';

type Props = { ids: [string, string]; onClose: () => void; onMerged: (kept: string) => void };

/** Two patients become one: who is kept, and whose value counts where they differ. */
export function MergeDrawer({ ids, onClose, onMerged }: Props) {
  const { t } = useLang();
  const one = useQuery(patientQuery(ids[0]));
  const other = useQuery(patientQuery(ids[1]));
  const failed = one.error ?? other.error;
  return (
    <SideDrawer title={t('duplicates.merge')} onClose={onClose}>
      {one.data && other.data ? (
        <Choice pair={[one.data, other.data]} onClose={onClose} onMerged={onMerged} />
      ) : failed ? (
        <Failed error={failed} retry={() => void Promise.all([one.refetch(), other.refetch()])} />
      ) : (
        <Skeleton h={220} m="md" />
      )}
    </SideDrawer>
  );
}

function Choice({ pair, onClose, onMerged }: { pair: [Patient, Patient]; onClose: () => void; onMerged: (kept: string) => void }) {
  const { t, lang } = useLang();
  const textOf = useErrorText();
  const { fieldText, valueText } = usePatientWords();
  const merge = useMerge();
  const unmerge = useUnmerge();
  const keyOf = useSendKey();
  const [keptId, setKeptId] = useState(pair[0].id);
  const [taken, setTaken] = useState<ReadonlySet<Field>>(new Set());
  const [kept, other] = keptId === pair[0].id ? pair : [pair[1], pair[0]];
  const fields = undecided(kept, other);

  const go = async () => {
    const body = { version: kept.version, other: other.id, otherVersion: other.version, take: fields.filter((field) => taken.has(field)) };
    try {
      const done = await merge.mutateAsync({ id: kept.id, body, key: keyOf(body) });
      toast.undoable(t('duplicates.merged'), t('action.undo'), () => void unmerge(done).catch((error: unknown) => toast.failed(textOf(error))));
      onMerged(kept.id);
    } catch (error) {
      toast.failed(textOf(error));
    }
  };
  const choose = (field: Field, theirs: boolean) =>
    setTaken((now) => {
      const next = new Set(now);
      if (theirs) next.add(field);
      else next.delete(field);
      return next;
    });

  return (
    <>
      <Stack className={classes.body} gap="lg">
        <div>
          <Text size="sm" fw={600} mb={6} id="merge-kept">
            {t('duplicates.keep')}
          </Text>
          <SegmentedControl
            fullWidth
            aria-labelledby="merge-kept"
            value={keptId}
            onChange={(id) => {
              setKeptId(id);
              setTaken(new Set());
            }}
            data={pair.map((patient) => ({ value: patient.id, label: `${namesOf(patient, lang).name} · ${t('patients.number', { number: patient.number })}` }))}
          />
        </div>
        {fields.map((field) => (
          <Radio.Group key={field} label={fieldText(field)} value={taken.has(field) ? 'other' : 'kept'} onChange={(value) => choose(field, value === 'other')}>
            <Stack gap={8} mt={6}>
              <Radio value="kept" label={<bdi>{valueText(field, kept[field])}</bdi>} />
              <Radio value="other" label={<bdi>{valueText(field, other[field])}</bdi>} />
            </Stack>
          </Radio.Group>
        ))}
        <Alert color="gray" variant="light" icon={<IconInfoCircle />}>
          {t('duplicates.mergeText')}
        </Alert>
      </Stack>
      <div className={classes.foot}>
        <Button variant="default" onClick={onClose}>
          {t('action.cancel')}
        </Button>
        <Button loading={merge.isPending} onClick={() => void go()} data-autofocus>
          {t('duplicates.mergeNow')}
        </Button>
      </div>
    </>
  );
}
