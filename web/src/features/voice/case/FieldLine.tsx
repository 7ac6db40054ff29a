import { ActionIcon, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { IconCheck, IconLock, IconPencil, IconX } from '@tabler/icons-react';
import { type KeyboardEvent, useRef, useState } from 'react';
import { hasCode } from '@/shared/api/problem';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formErrors } from '@/shared/i18n/errors';
import { toast } from '@/shared/ui/toast';
import type { Field } from '../api';
import { CaseInput } from '../CaseInput';
import { type Case, useChangeCase } from '../cases/api';
import { Value } from '../Value';
import { isEmpty, issueOf, labelOf, typedOf, valueOf } from '../values';
import classes from './Case.module.css';

const HIDDEN = '••••••';

type Props = {
  one: Case;
  field: Field;
  value: unknown;
  /** There is a value, which is not shown. */
  hidden: boolean;
  editing: boolean;
  /** Missing where nothing can be changed. */
  onEdit: ((on: boolean) => void) | undefined;
};

/** A field and its value; a click on the value, or Enter, makes it an input. */
export function FieldLine({ one, field, value, hidden, editing, onEdit }: Props) {
  const { t, lang } = useLang();
  const label = labelOf(field.label, lang);
  const ref = useRef<HTMLButtonElement>(null);
  const none = !hidden && isEmpty(value);
  const shown = hidden ? <Hidden /> : none ? <span>{t(onEdit ? 'cases.add' : 'cases.none')}</span> : <Value field={field} value={value} />;
  const done = () => {
    onEdit?.(false);
    // once the button is there again
    requestAnimationFrame(() => ref.current?.focus());
  };
  return (
    <div className={classes.field}>
      <dt>
        {label}
        {field.sensitive ? <IconLock size={14} stroke={1.8} role="img" aria-label={t('cases.sensitive')} /> : null}
      </dt>
      <dd>
        {editing ? (
          <Editor one={one} field={field} value={value} onDone={done} />
        ) : onEdit ? (
          <UnstyledButton ref={ref} className={classes.value} data-none={none || undefined} data-field={field.key} onClick={() => onEdit(true)}>
            <VisuallyHidden>{t('cases.change', { field: label })}</VisuallyHidden>
            {shown}
            <IconPencil size={15} stroke={1.7} aria-hidden />
          </UnstyledButton>
        ) : (
          <span className={classes.value} data-none={none || undefined}>
            {shown}
          </span>
        )}
      </dd>
    </div>
  );
}

/** That there is a value, and not which. */
function Hidden() {
  const { t } = useLang();
  return (
    <>
      <span aria-hidden>{HIDDEN}</span>
      <VisuallyHidden>{t('cases.hidden')}</VisuallyHidden>
    </>
  );
}

function Editor({ one, field, value, onDone }: { one: Case; field: Field; value: unknown; onDone: () => void }) {
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
