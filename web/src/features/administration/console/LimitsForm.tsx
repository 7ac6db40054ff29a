import { Alert, Button, Text, TextInput } from '@mantine/core';
import { IconUsers } from '@tabler/icons-react';
import type { Draft } from '@/shared/forms/merge';
import { useFields } from '@/shared/forms/useFields';
import { type Issues, useRecordForm } from '@/shared/forms/useRecordForm';
import { useSubmit } from '@/shared/forms/useSubmit';
import { useLang } from '@/shared/i18n';
import { latinDigits } from '@/shared/i18n/digits';
import { toast } from '@/shared/ui/toast';
import { type Limits, type Practice, useSetLimits } from './api';
import classes from './ConsolePage.module.css';

const MOST = 100_000;
type LimitsDraft = Draft & { ratePerSecond: string; maxStaff: string };
const labels = { ratePerSecond: 'console.rate', maxStaff: 'console.maxStaff' } as const;
const empty: LimitsDraft = { ratePerSecond: '', maxStaff: '' };
const draftOf = (limits: Limits): LimitsDraft => ({ ratePerSecond: String(limits.ratePerSecond ?? ''), maxStaff: String(limits.maxStaff ?? '') });

/** Nothing stands for what everybody has. */
export const limitOf = (text: string): number | null => (text.trim() ? Number(latinDigits(text.trim())) : null);

export function limitIssues(draft: LimitsDraft): Issues<LimitsDraft> {
  const issues: Issues<LimitsDraft> = {};
  for (const field of ['ratePerSecond', 'maxStaff'] as const) {
    const limit = limitOf(draft[field]);
    if (limit !== null && !(Number.isInteger(limit) && limit >= 1 && limit <= MOST)) issues[field] = { id: 'field.out_of_range' };
  }
  return issues;
}

/** What the practice may use; somebody else's change meanwhile is shown before anything is written over it. */
export function LimitsForm({ practice }: { practice: Practice }) {
  const { t } = useLang();
  const setLimits = useSetLimits();
  const record = useRecordForm<Limits, LimitsDraft>({ loaded: practice.limits, empty, draftOf, issues: limitIssues });
  const { bind } = useFields(record, labels, false);
  const save = async (draft: LimitsDraft) => {
    const version = record.base?.version ?? practice.limits.version;
    const body: Limits = { ratePerSecond: limitOf(draft.ratePerSecond), maxStaff: limitOf(draft.maxStaff), version };
    record.begin((await setLimits.mutateAsync({ id: practice.id, body })).limits);
    toast.done(t('console.limitsSaved'));
  };
  const submit = useSubmit({ record, loaded: practice.limits, readOnly: false, busy: setLimits.isPending, save });
  return (
    <form ref={submit.ref} noValidate onSubmit={submit.onSubmit} className={classes.form} aria-label={t('console.limits')}>
      {submit.refusal ? (
        <Alert color="red" py="xs" role="alert">
          {submit.refusal}
        </Alert>
      ) : null}
      {record.newer ? (
        <Alert color="yellow" variant="light" icon={<IconUsers />} title={t('form.conflict.title')} role="alert">
          <Text size="sm">
            {t('form.conflict.other')} {t('form.conflict.keep')}
          </Text>
          <Button mt="sm" size="xs" variant="default" onClick={record.loadNewer}>
            {t('form.conflict.load')}
          </Button>
        </Alert>
      ) : null}
      <TextInput inputMode="numeric" {...bind('ratePerSecond', t('console.rateHint'))} />
      <TextInput inputMode="numeric" {...bind('maxStaff', t('console.maxStaffHint'))} />
      <Button type="submit" variant="default" loading={setLimits.isPending} disabled={!record.dirty || record.newer !== undefined}>
        {t('action.save')}
      </Button>
    </form>
  );
}
