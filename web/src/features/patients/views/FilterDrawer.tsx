import { Alert, Button, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useSession } from '@/shared/auth/session';
import forms from '@/shared/forms/forms.module.css';
import { useLang } from '@/shared/i18n';
import { focusFirstInvalid } from '@/shared/ui/focus';
import { Failed } from '@/shared/ui/Page';
import { SideDrawer } from '@/shared/ui/SideDrawer';
import { type FilterField, fieldsQuery } from './api';
import { type Filter, filterOf, type Group, groupOf, unfinished } from './filter';
import { GroupEditor } from './GroupEditor';

type Props = { filter: Filter | null | undefined; onApply: (filter: Filter | undefined) => void; onClose: () => void };

/** Which patients to show, condition by condition. */
export function FilterDrawer(props: Props) {
  const { t } = useLang();
  const fields = useQuery(fieldsQuery);
  return (
    <SideDrawer title={t('filter.title')} onClose={props.onClose} wide>
      {fields.data ? <Editor fields={fields.data} {...props} /> : fields.error ? <Failed error={fields.error} retry={() => void fields.refetch()} /> : <Skeleton h={160} />}
    </SideDrawer>
  );
}

function Editor({ filter, fields, onApply, onClose }: Props & { fields: FilterField[] }) {
  const { t } = useLang();
  const context = { fields, timeZone: useSession().practice.timeZone };
  const [group, setGroup] = useState<Group>(() => groupOf(filter, context));
  const [checked, setChecked] = useState(false);
  const missing = checked ? unfinished(group, context) : [];
  const apply = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setChecked(true);
    const form = event.currentTarget;
    if (unfinished(group, context).length) return focusFirstInvalid(form);
    onApply(filterOf(group, context));
  };
  return (
    <form noValidate onSubmit={apply} className={forms.form} aria-label={t('filter.title')}>
      <div className={forms.fields}>
        <GroupEditor group={group} fields={fields} missing={missing} depth={1} onChange={(next) => setGroup(next ?? { ...group, parts: [] })} />
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
        <Button type="submit">{t('filter.apply')}</Button>
      </div>
    </form>
  );
}
