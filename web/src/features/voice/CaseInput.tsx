import { Select, Textarea, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useLang } from '@/shared/i18n';
import { DateField } from '@/shared/ui/DateField';
import type { Field } from './api';
import { labelOf } from './values';

const LINE = 200;
const TEXT = 4000;
const LONG_LIST = 8;

type Props = {
  field: Field;
  value: string;
  onChange: (typed: string) => void;
  error?: ReactNode;
  /** Instead of what the field is called, for those who see that already. */
  labelHidden?: boolean;
  readOnly?: boolean;
  autoFocus?: boolean;
};

/** The input for what a field holds. */
export function CaseInput({ field, value, onChange, error, labelHidden = false, readOnly = false, autoFocus = false }: Props) {
  const { t, lang } = useLang();
  const label = labelOf(field.label, lang);
  const bound = {
    ...(labelHidden ? { 'aria-label': label } : { label, withAsterisk: field.required }),
    error,
    readOnly,
    autoComplete: 'off',
    'aria-required': field.required || undefined,
    ...(autoFocus ? { autoFocus, 'data-autofocus': true } : {}),
  };
  const line = { ...bound, value, onChange: (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value) };
  const choose = (data: { value: string; label: string }[]) => (
    <Select
      {...bound}
      data={data}
      value={value || null}
      onChange={(next) => onChange(next ?? '')}
      clearable={!readOnly && !field.required}
      searchable={data.length > LONG_LIST}
      nothingFoundMessage={t('search.nothing')}
    />
  );
  switch (field.type) {
    case 'select':
      return choose((field.options ?? []).map((choice) => ({ value: choice.value, label: labelOf(choice.label, lang) })));
    case 'boolean':
      return choose((['true', 'false'] as const).map((answer) => ({ value: answer, label: t(answer === 'true' ? 'answer.yes' : 'answer.no') })));
    case 'date':
      return <DateField {...bound} value={value} onChange={onChange} min="1850-01-01" />;
    case 'datetime':
      return <TextInput {...line} type="datetime-local" className="ownDirection tnum" />;
    case 'number':
      return <TextInput {...line} inputMode="decimal" className="ownDirection tnum" maxLength={24} />;
    case 'phone':
      return <TextInput {...line} type="tel" className="ownDirection tnum" maxLength={40} />;
    case 'text':
      return <Textarea {...line} autosize minRows={2} maxRows={10} className="ownDirection" maxLength={TEXT} />;
    default:
      return <TextInput {...line} className="ownDirection" maxLength={LINE} />;
  }
}
