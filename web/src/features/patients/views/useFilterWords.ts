import { useQuery } from '@tanstack/react-query';
import type { FilterField, FilterWords, RowOp } from '@/shared/filter/filter';
import { useLang } from '@/shared/i18n';
import { localName } from '@/shared/names';
import { tags } from '../api';
import { customFields } from '../fields/api';
import { useCustomText } from '../fields/useCustomText';

const OWN = 'custom.';
/** Where the words for the values of a field are. */
const wordsOf: Record<string, string> = { sex: 'patients.sex', status: 'patients.status', contactMethod: 'patients.contact', eligibility: 'insurance.eligibility' };

/** Fields, operators and values of filters, in words. */
export function useFilterWords(): FilterWords {
  const { t, lang, lookup } = useLang();
  const known = useQuery(tags.listQuery).data;
  const own = useQuery(customFields.listQuery).data;
  const { nameOf } = useCustomText();
  const ownOf = (name: string) => (name.startsWith(OWN) ? own?.find((one) => one.key === name.slice(OWN.length)) : undefined);

  const fieldText = (name: string) => (name.startsWith(OWN) ? nameOf(name.slice(OWN.length)) : (lookup(`filter.field.${name}`) ?? lookup(`patients.field.${name}`) ?? lookup(`insurance.field.${name}`) ?? name));
  const opText = (kind: string, op: RowOp) => (['date', 'instant'].includes(kind) ? lookup(`filter.op.day.${op}`) : undefined) ?? lookup(`filter.op.${op}`) ?? op;

  /** What the field can be, where that is a matter of choosing. */
  const choicesOf = (field: FilterField): { value: string; label: string }[] | undefined => {
    if (field.name === 'tag') return (known ?? []).map((tag) => ({ value: tag.id, label: tag.name }));
    if (field.kind === 'boolean') return ['true', 'false'].map((value) => ({ value, label: t(value === 'true' ? 'answer.yes' : 'answer.no') }));
    if (field.kind === 'choice') return field.choices.map((value) => ({ value, label: lookup(`${wordsOf[field.name]}.${value}`) ?? value }));
    const custom = ownOf(field.name);
    return custom?.options.length ? custom.options.map((option) => ({ value: option.key ?? '', label: localName(option, lang) })) : undefined;
  };
  return { fieldText, opText, choicesOf };
}
