import type { FilterField, FilterWords } from '@/shared/filter/filter';
import { useLang } from '@/shared/i18n';
import type { Field } from '../api';
import { labelOf } from '../values';
import { ownField } from './filterFields';

/** Fields, operators and values of filters over cases, in words. */
export function useFilterWords(fields: readonly Field[]): FilterWords {
  const { t, lang, lookup } = useLang();
  const own = (name: string) => ownField(fields, name);
  return {
    fieldText: (name) => {
      const field = own(name);
      return field ? labelOf(field.label, lang) : (lookup(`cases.col.${name}`) ?? name);
    },
    opText: (kind, op) => (['date', 'instant'].includes(kind) ? lookup(`filter.op.day.${op}`) : undefined) ?? lookup(`filter.op.${op}`) ?? op,
    choicesOf: (asked: FilterField) => {
      if (asked.kind === 'boolean') return ['true', 'false'].map((value) => ({ value, label: t(value === 'true' ? 'answer.yes' : 'answer.no') }));
      if (asked.kind === 'choice') return asked.choices.map((value) => ({ value, label: lookup(`cases.status.${value}`) ?? value }));
      const choices = own(asked.name)?.options;
      return choices?.length ? choices.map((choice) => ({ value: choice.value, label: labelOf(choice.label, lang) })) : undefined;
    },
  };
}
