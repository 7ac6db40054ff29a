import { Autocomplete, Select, Text, TextInput } from '@mantine/core';
import forms from '@/shared/forms/forms.module.css';
import type { RecordForm } from '@/shared/forms/useRecordForm';
import { useFields } from '@/shared/forms/useFields';
import { useLang } from '@/shared/i18n';
import { ColourField } from '@/shared/ui/ColourField';
import type { Service } from './api';
import { type Draft, vatCategories } from './draft';
import { fieldLabels } from './labels';

type Props = {
  record: RecordForm<Service, Draft>;
  currency: string;
  categories: string[];
  readOnly: boolean;
  /** Only what an appointment cannot do without. */
  brief?: boolean;
};

/** The fields only; loading, saving and conflicts are the drawer's. */
export function ServiceForm({ record, currency, categories, readOnly, brief = false }: Props) {
  const { t } = useLang();
  const { form, mine } = record;
  const { bind, wasMine } = useFields(record, fieldLabels, readOnly, (field, value) =>
    field === 'vatCategory' ? t(`vat.${value as Draft['vatCategory']}`) : field === 'colour' ? t(`colour.${value as Draft['colour']}`) : String(value),
  );
  const unit = (text: string) => (
    <Text span size="xs" c="var(--text-dim)">
      {text}
    </Text>
  );
  const minutes = { inputMode: 'numeric', rightSection: unit(t('unit.min')), rightSectionWidth: 48, rightSectionPointerEvents: 'none', className: 'ownDirection tnum' } as const;

  return (
    <>
      <TextInput {...bind('nameEn')} lang="en" className="ownDirection" data-autofocus />
      <TextInput {...bind('nameAr')} lang="ar" className="ownDirection" />
      {brief ? null : (
        <div className={forms.two}>
          <TextInput {...bind('code')} className="ownDirection" spellCheck={false} />
          <Autocomplete {...bind('category')} className="ownDirection" data={categories} />
        </div>
      )}
      <div className={forms.two}>
        <TextInput {...bind('durationMinutes')} {...minutes} />
        <TextInput
          {...bind('price')}
          inputMode="decimal"
          autoComplete="off"
          className="ownDirection tnum"
          rightSection={unit(currency)}
          rightSectionWidth={52}
          rightSectionPointerEvents="none"
        />
      </div>
      {brief ? null : (
        <div className={forms.two}>
          <TextInput {...bind('bufferBeforeMinutes')} {...minutes} />
          <TextInput {...bind('bufferAfterMinutes')} {...minutes} />
        </div>
      )}
      <Select {...bind('vatCategory')} data={vatCategories.map((value) => ({ value, label: t(`vat.${value}`) }))} allowDeselect={false} />
      <div>
        <ColourField value={form.values.colour} onChange={(c) => form.setFieldValue('colour', c)} readOnly={readOnly} />
        {mine.colour === undefined ? null : <Text size="xs">{wasMine('colour')}</Text>}
      </div>
    </>
  );
}
