import { MultiSelect, Select, Textarea, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import forms from '@/shared/forms/forms.module.css';
import { useLang } from '@/shared/i18n';
import { localName } from '@/shared/names';
import { DateField } from '@/shared/ui/DateField';
import type { Draft } from '../draft';
import type { CustomField } from './api';
import { choices, type Values } from './values';

type Props = { fields: CustomField[]; form: UseFormReturnType<Draft>; had: Values | undefined; readOnly: boolean };

/** One input for each of the practice's own fields. */
export function CustomInputs({ fields, form, had, readOnly }: Props) {
  return (
    <div className={forms.two}>
      {fields.map((field) => (
        <CustomInput key={field.id} field={field} form={form} had={had?.[field.key]} readOnly={readOnly} />
      ))}
    </div>
  );
}

function CustomInput({ field, form, had, readOnly }: Omit<Props, 'fields' | 'had'> & { field: CustomField; had: unknown }) {
  const { t, lang } = useLang();
  const path = `custom.${field.key}`;
  const bound = { label: localName(field, lang), withAsterisk: field.required, readOnly, autoComplete: 'off', ...form.getInputProps(path) };
  const data = choices(field, had).map((option) => ({ value: option.key, label: localName(option, lang) }));
  switch (field.kind) {
    case 'select':
      return <Select {...bound} data={data} clearable={!readOnly && !field.required} searchable={data.length > 8} nothingFoundMessage={t('search.nothing')} />;
    case 'multiSelect':
      return <MultiSelect {...bound} data={data} clearable={!readOnly} hidePickedOptions />;
    case 'boolean':
      return (
        <Select
          {...bound}
          data={(['true', 'false'] as const).map((value) => ({ value, label: t(value === 'true' ? 'answer.yes' : 'answer.no') }))}
          value={bound.value === null || bound.value === undefined ? null : String(bound.value)}
          onChange={(value) => form.setFieldValue(path, value === null ? null : value === 'true')}
          clearable={!readOnly && !field.required}
        />
      );
    case 'date':
      return <DateField {...bound} value={String(bound.value ?? '')} onChange={(day) => form.setFieldValue(path, day)} min="1850-01-01" />;
    case 'dateTime':
      return <TextInput {...bound} type="datetime-local" className="ownDirection tnum" />;
    case 'number':
      return <TextInput {...bound} inputMode="decimal" className="ownDirection tnum" maxLength={24} />;
    case 'phone':
      return <TextInput {...bound} type="tel" className="ownDirection tnum" maxLength={40} />;
    case 'email':
      return <TextInput {...bound} type="email" className="ownDirection" maxLength={254} />;
    default:
      return <Textarea {...bound} autosize minRows={1} maxRows={8} className="ownDirection" maxLength={2000} />;
  }
}
