import { Alert, Button } from '@mantine/core';
import { IconArrowMerge } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { toast } from '@/shared/ui/toast';
import type { Patient } from '../api';
import { mergesQuery, useUnmerge } from './api';
import classes from './Duplicates.module.css';

/** Where somebody went who was merged. */
export function MergedInto({ id }: { id: string }) {
  const { t } = useLang();
  return (
    <Alert color="gray" variant="light" icon={<IconArrowMerge />} title={t('duplicates.isMerged')} mb="md">
      <Link to="/patients/$id" params={{ id }} search={{}}>
        {t('duplicates.toKept')}
      </Link>
    </Alert>
  );
}

/** Who was merged into a patient, and the way back. */
export function MergedHere({ patient, mayUndo }: { patient: Patient; mayUndo: boolean }) {
  const { t } = useLang();
  const textOf = useErrorText();
  const merges = useQuery(mergesQuery(patient.id)).data;
  const unmerge = useUnmerge();
  return merges?.map((merge) => (
    <div key={merge.id} className={classes.merged}>
      <IconArrowMerge size={16} stroke={1.8} aria-hidden />
      <span>{t('duplicates.includes', { number: merge.mergedNumber })}</span>
      {mayUndo ? (
        <Button
          variant="subtle"
          size="compact-sm"
          onClick={() =>
            void unmerge(merge).then(
              () => toast.done(t('duplicates.unmerged')),
              (error: unknown) => toast.failed(textOf(error)),
            )
          }
        >
          {t('duplicates.unmerge')}
        </Button>
      ) : null}
    </div>
  ));
}
