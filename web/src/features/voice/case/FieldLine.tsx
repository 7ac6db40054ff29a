import { Skeleton, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { IconLock, IconPencil } from '@tabler/icons-react';
import { lazy, Suspense, useRef } from 'react';
import { useLang } from '@/shared/i18n';
import type { Field } from '../api';
import type { Case } from '../cases/api';
import { Value } from '../Value';
import { isEmpty, labelOf } from '../values';
import classes from './Case.module.css';

const FieldEditor = lazy(() => import('./FieldEditor').then((m) => ({ default: m.FieldEditor })));

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
          <Suspense fallback={<Skeleton h={36} />}>
            <FieldEditor one={one} field={field} value={value} onDone={done} />
          </Suspense>
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
