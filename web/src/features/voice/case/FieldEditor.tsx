import { ActionIcon } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import { type KeyboardEvent, useState } from 'react';
import { hasCode } from '@/shared/api/problem';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formErrors } from '@/shared/i18n/errors';
import { toast } from '@/shared/ui/toast';
import type { Field } from '../api';
import { CaseInput } from '../CaseInput';
import { type Case, useChangeCase } from '../cases/api';
import { issueOf, labelOf, typedOf, valueOf } from '../values';
import classes from './Case.module.css';

type Props = { one: Case; field: Field; value: unknown; onDone: () => void };

/** The value of a field while it is changed: Enter saves, Escape leaves it as it was. */
export function FieldEditor({ one, field, value, onDone }: Props) {
  const words = useLang();
  const { t, lang } = words;
  const { timeZone } = useSession().practice;
  const change = useChangeCase();
  const start = typedOf(field, value, timeZone);
  const [typed, setTyped] = useState(start);
  const [problem, setProblem] = useState<string>();
  const label = labelOf(field.label, lang);

  const save = async () => {
    if (typed === start) return onDone();
    const issue = issueOf(field, typed);
    if (issue) return setProblem(t(issue));
    try {
      await change.mutateAsync({ id: one.id, body: { version: one.version, fields: { [field.key]: valueOf(field, typed, timeZone, value) } } });
      onDone();
    } catch (error) {
      const path = `fields.${field.key}`;
      const { byField, whole } = formErrors(words, error, [path]);
      setProblem(hasCode(error, 'version.stale') ? t('cases.stale') : byField[path]);
      if (whole && !hasCode(error, 'version.stale')) toast.failed(whole);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const inList = (event.target as HTMLElement).getAttribute('aria-expanded') === 'true';
    if (event.key === 'Escape' && !inList) {
      event.stopPropagation();
      onDone();
    }
    // in a text of several lines Enter is a line, unless with Ctrl
    if (event.key === 'Enter' && !inList && (field.type !== 'text' || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void save();
    }
  };
  return (
    <div className={classes.editing} onKeyDown={onKeyDown}>
      <CaseInput
        field={field}
        value={typed}
        onChange={(next) => {
          setTyped(next);
          setProblem(undefined);
        }}
        error={problem}
        labelHidden
        autoFocus
      />
      <ActionIcon variant="filled" size={36} loading={change.isPending} aria-label={t('cases.saveField', { field: label })} onClick={() => void save()}>
        <IconCheck size={17} stroke={2} />
      </ActionIcon>
      <ActionIcon variant="default" size={36} aria-label={t('action.cancel')} onClick={onDone}>
        <IconX size={17} stroke={1.8} />
      </ActionIcon>
    </div>
  );
}
