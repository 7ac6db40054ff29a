import { MultiSelect, NumberInput, Select, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { DateField } from '@/shared/ui/DateField';
import { instantIn, localIn } from '@/shared/zoned';
import type { Field } from '../blocks';
import { useBuilder } from '../builder/useBuilder';
import { useRefs } from '../useRefs';
import { fitting } from '../variables';
import { FilterEditor } from './FilterEditor';
import { JsonField } from './JsonField';
import { OrVariable } from './OrVariable';
import { RecordPicker } from './RecordPicker';
import { SpanInput } from './SpanInput';
import { VariableText } from './VariableText';

export type FieldInputProps = {
  field: Field;
  /** The kind of record that a step looks for, where it is one that does. */
  subject?: string | undefined;
  /** What the field belongs to, by whose name its words are found. */
  owner: string;
  value: unknown;
  onChange: (value: unknown) => void;
  variables: readonly Field[];
  error?: string | undefined;
  readOnly: boolean;
};

/** How a value is entered, by what the block declares of it. */
export function FieldInput(props: FieldInputProps) {
  const { field, owner, subject, value, onChange, variables, error, readOnly } = props;
  const { lookup } = useLang();
  const { words, blocks } = useBuilder();
  const label = words.field(owner, field.key);
  const common = { label, description: lookup(`block.${owner}.${field.key}.about`), error, required: field.required, readOnly };
  const text = typeof value === 'string' ? value : '';
  // of which kind records are looked for
  if (owner === 'records.find' && field.key === 'subject') {
    const kinds = (blocks?.subjects ?? []).filter(({ find }) => find).map(({ name }) => ({ value: name, label: words.block(name) }));
    return <Select {...common} data={kinds} value={text || null} allowDeselect={false} onChange={onChange} />;
  }
  const found = owner === 'records.find' && field.key === 'filter' ? blocks?.subjects.find(({ name }) => name === subject) : undefined;
  if (found?.filters?.length) return <FilterEditor key={found.name} label={label} subject={found} value={value} onChange={onChange} variables={variables} error={error} readOnly={readOnly} />;
  switch (field.kind) {
    case 'text':
    case 'longText':
    case 'phone':
    case 'email':
      return <VariableText {...common} lines={field.kind === 'longText'} value={text} onChange={onChange} variables={fitting(variables, { kind: 'text', many: false })} />;
    case 'object':
      return <JsonField {...common} value={value} onChange={onChange} />;
    case 'list':
      return (
        <Select
          {...common}
          data={fitting(variables, field).map(({ key }) => ({ value: `{{ ${key} }}`, label: words.variable(key) }))}
          value={text || null}
          clearable={!field.required}
          onChange={onChange}
        />
      );
    default:
      return (
        <OrVariable {...common} wanted={field} value={value} onChange={onChange} variables={variables}>
          {(aside) => <Fixed {...props} common={common} aside={aside} />}
        </OrVariable>
      );
  }
}

type Common = { label: string; description: string | undefined; error: string | undefined; required: boolean; readOnly: boolean };
type FixedProps = FieldInputProps & { common: Common; aside: ReactNode };

function Fixed({ field, owner, value, onChange, common, aside }: FixedProps) {
  const { t } = useLang();
  const { words } = useBuilder();
  const { timeZone } = useSession().practice;
  const beside = aside ? { rightSection: aside, rightSectionWidth: 36, rightSectionPointerEvents: 'all' as const } : {};
  switch (field.kind) {
    case 'number':
      return <NumberInput {...common} className="ownDirection tnum" {...beside} value={typeof value === 'number' ? value : ''} onChange={(next) => onChange(next === '' ? null : Number(next))} />;
    case 'minutes':
      return <SpanInput {...common} value={typeof value === 'number' ? value : null} onChange={onChange} aside={aside} />;
    case 'boolean': {
      const data = [true, false].map((one) => ({ value: String(one), label: t(one ? 'workflows.yes' : 'workflows.no') }));
      return <Select {...common} {...beside} data={data} value={typeof value === 'boolean' ? String(value) : null} clearable={!field.required} onChange={(next) => onChange(next === null ? null : next === 'true')} />;
    }
    case 'date':
      return <DateField {...common} {...beside} value={typeof value === 'string' ? value : ''} onChange={(day) => onChange(day || null)} />;
    case 'instant':
      return <TextInput {...common} {...beside} type="datetime-local" className="ownDirection tnum" value={typeof value === 'string' && value ? localIn(timeZone, value) : ''} onChange={(event) => onChange(event.currentTarget.value ? instantIn(timeZone, event.currentTarget.value) : null)} />;
    case 'choice':
      return <Choose field={field} common={common} beside={beside} data={(field.choices ?? []).map((one) => ({ value: one, label: words.choice(owner, field.key, one) }))} value={value} onChange={onChange} />;
    default:
      return <Ref field={field} common={common} beside={beside} aside={aside} value={value} onChange={onChange} />;
  }
}

type ChooseProps = { field: Field; common: Common; beside: object; data: { value: string; label: string }[]; value: unknown; onChange: (value: unknown) => void };

function Choose({ field, common, beside, data, value, onChange }: ChooseProps) {
  const { words } = useBuilder();
  const { nameOf } = useRefs();
  const known = (one: string) => {
    const name = field.kind === 'ref' ? nameOf(field.of ?? '', one) : undefined;
    return name ?? (name === null ? words.gone(field.of) : '…');
  };
  // what was chosen once is shown also when it is no longer offered
  const chosen = (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string' && !!one);
  const all = [...chosen.filter((one) => !data.some((choice) => choice.value === one)).map((one) => ({ value: one, label: known(one) })), ...data];
  if (field.many) return <MultiSelect {...common} {...beside} data={all} value={chosen} searchable onChange={onChange} />;
  return <Select {...common} {...beside} data={all} value={chosen[0] ?? null} searchable={all.length > 6} clearable={!field.required} onChange={onChange} />;
}

/** Something that the practice has. */
function Ref({ field, common, beside, aside, value, onChange }: Omit<ChooseProps, 'data'> & { aside: ReactNode }) {
  const { choicesOf, knows } = useRefs();
  const of = field.of ?? '';
  if (knows(of)) return <Choose field={field} common={common} beside={beside} data={choicesOf(of) ?? []} value={value} onChange={onChange} />;
  return <RecordPicker {...common} of={of} aside={aside} value={typeof value === 'string' && value ? value : null} onChange={onChange} />;
}
