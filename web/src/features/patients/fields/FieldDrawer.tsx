import { Select, Switch, TextInput } from '@mantine/core';
import { useCan } from '@/shared/auth/session';
import forms from '@/shared/forms/forms.module.css';
import { RecordDrawer } from '@/shared/forms/RecordDrawer';
import { useFields } from '@/shared/forms/useFields';
import { useRecordForm } from '@/shared/forms/useRecordForm';
import { useSave } from '@/shared/forms/useSave';
import { useLang } from '@/shared/i18n';
import { localName } from '@/shared/names';
import { ArchiveButton } from '@/shared/ui/ArchiveButton';
import { type CustomField, customFields, type FieldKind } from './api';
import { changesOf, type Draft, draftOf, emptyDraft, fieldKinds, hasOptions, issues, labels, newFieldOf, type OptionDraft, parts } from './draft';
import { OptionRows } from './OptionRows';
import { useFieldShelf } from './useFieldShelf';

type Props = { loaded?: CustomField; onClose: () => void };

/** What a field is called, holds and asks for. What it holds, and whether it is sealed, is settled when it is made. */
export function FieldDrawer({ loaded, onClose }: Props) {
  const { t, lang } = useLang();
  const put = useFieldShelf();
  const readOnly = !useCan()('patients.configure') || !!loaded?.archivedAt;
  const record = useRecordForm<CustomField, Draft>({ loaded, empty: emptyDraft, draftOf, issues, parts });
  const { base, form } = record;
  const { bind, wasMine } = useFields(record, labels, readOnly, (field, value) => {
    if (field === 'kind') return t(`fields.kind.${value as FieldKind}`);
    if (field === 'options') return (value as OptionDraft[]).map(({ name }) => name).join(', ');
    return typeof value === 'boolean' ? t(value ? 'answer.yes' : 'answer.no') : String(value ?? '');
  });
  const { save, busy } = useSave({
    base,
    create: customFields.useCreate(),
    change: customFields.useChange(),
    newOf: newFieldOf,
    changesOf,
    created: t('fields.created'),
    onClose,
  });
  const mark = (field: 'required' | 'listed' | 'sensitive', disabled = false) => (
    <Switch
      label={t(labels[field])}
      description={wasMine(field) ?? t(`fields.${field}Hint`)}
      disabled={readOnly || disabled}
      {...form.getInputProps(field, { type: 'checkbox' })}
      {...(field === 'listed' && form.values.sensitive ? { checked: false } : {})}
    />
  );

  return (
    <RecordDrawer
      record={record}
      loaded={loaded}
      labels={labels}
      title={base ? <bdi>{localName(base, lang)}</bdi> : t('fields.new')}
      name={t(base ? 'fields.edit' : 'fields.new')}
      readOnly={readOnly ? t(base?.archivedAt ? 'fields.archivedText' : 'form.readOnly') : undefined}
      busy={busy}
      save={save}
      create={t('fields.create')}
      onClose={onClose}
      aside={
        base ? (
          <ArchiveButton
            archived={!!base.archivedAt}
            onClick={() => {
              put(base, !base.archivedAt);
              onClose();
            }}
          />
        ) : null
      }
    >
      <div className={forms.two}>
        <TextInput {...bind('name')} className="ownDirection" maxLength={80} data-autofocus />
        <TextInput {...bind('nameAr')} lang="ar" className="ownDirection" maxLength={80} />
      </div>
      <Select
        {...bind('kind', base ? t('fields.kindFixed') : undefined)}
        readOnly={readOnly || !!base}
        data={fieldKinds.map((value) => ({ value, label: t(`fields.kind.${value}`) }))}
        allowDeselect={false}
      />
      {hasOptions(form.values.kind) ? <OptionRows form={form} readOnly={readOnly} /> : null}
      {wasMine('options')}
      {mark('required')}
      {mark('listed', form.values.sensitive)}
      {mark('sensitive', !!base)}
    </RecordDrawer>
  );
}
