import { Alert, Button } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useSession } from '@/shared/auth/session';
import forms from '@/shared/forms/forms.module.css';
import { useLang } from '@/shared/i18n';
import { focusFirstInvalid } from '@/shared/ui/focus';
import { type Filter, type FilterField, filterOf, type FilterWords, type Group, groupOf, unfinished } from './filter';
import { GroupEditor } from './GroupEditor';

type Props = {
  filter: Filter | null | undefined;
  fields: FilterField[];
  words: FilterWords;
  /** On the button. */
  apply: string;
  onApply: (filter: Filter | undefined) => void;
  onClose: () => void;
};

/** Which rows of a list to show, condition by condition. */
export function FilterForm({ filter, fields, words, apply, onApply, onClose }: Props) {
  const { t } = useLang();
  const context = { fields, timeZone: useSession().practice.timeZone };
  const [group, setGroup] = useState<Group>(() => groupOf(filter, context));
  const [checked, setChecked] = useState(false);
  const missing = checked ? unfinished(group, context) : [];
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setChecked(true);
    const form = event.currentTarget;
    if (unfinished(group, context).length) return focusFirstInvalid(form);
    onApply(filterOf(group, context));
  };
  return (
    <form noValidate onSubmit={onSubmit} className={forms.form} aria-label={t('filter.title')}>
      <div className={forms.fields}>
        <GroupEditor group={group} fields={fields} words={words} missing={missing} depth={1} onChange={(next) => setGroup(next ?? { ...group, parts: [] })} />
        {missing.length ? (
          <Alert color="red" role="alert" py="xs">
            {t('filter.unfinished')}
          </Alert>
        ) : null}
      </div>
      <div className={forms.foot}>
        <Button variant="subtle" color="gray" disabled={!group.parts.length} onClick={() => setGroup({ ...group, parts: [] })}>
          {t('filter.clear')}
        </Button>
        <Button variant="default" onClick={onClose}>
          {t('action.cancel')}
        </Button>
        <Button type="submit">{apply}</Button>
      </div>
    </form>
  );
}
