import { Autocomplete, MultiSelect, Select, TagsInput, TextInput } from '@mantine/core';
import { useLang } from '@/shared/i18n';
import { type FilterField, type FilterWords, type Row, takes, type Typed } from './filter';

type Props = { row: Row; field: FilterField; words: FilterWords; n: number; missing: boolean; onChange: (value: Typed) => void };

const LONG = 8;

/** The input that suits what a field holds. */
export function ValueInput({ row, field, words, n, missing, onChange }: Props) {
  const { t } = useLang();
  const common = { 'aria-label': t('filter.valueOf', { n }), error: missing };
  const choices = words.choicesOf(field);
  const several = [row.value].flat().filter(Boolean);
  const one = several[0] ?? '';
  if (takes(row.op) === 'several') {
    return choices ? (
      <MultiSelect {...common} data={choices} value={several} onChange={onChange} hidePickedOptions searchable={choices.length > LONG} nothingFoundMessage={t('search.nothing')} />
    ) : (
      <TagsInput {...common} data={field.choices} value={several} onChange={onChange} className="ownDirection" />
    );
  }
  if (choices) {
    const searchable = choices.length > LONG;
    return <Select {...common} data={choices} value={one || null} onChange={(value) => onChange(value ?? '')} searchable={searchable} allowDeselect={false} nothingFoundMessage={t('search.nothing')} />;
  }
  if (field.choices.length) return <Autocomplete {...common} data={field.choices} value={one} onChange={onChange} maxLength={120} className="ownDirection" />;
  const type = { date: 'date', instant: 'datetime-local' }[field.kind];
  const number = field.kind === 'integer' || field.kind === 'number';
  return (
    <TextInput
      {...common}
      {...(type ? { type } : {})}
      {...(number ? { inputMode: 'decimal' as const } : {})}
      autoComplete="off"
      maxLength={120}
      value={one}
      onChange={(event) => onChange(event.currentTarget.value)}
      className={type || number ? 'ownDirection tnum' : 'ownDirection'}
    />
  );
}
