import { CloseButton, MultiSelect, NumberInput, Select, TextInput } from '@mantine/core';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { instantIn, localIn } from '@/shared/zoned';
import type { Field } from '../blocks';
import { useBuilder } from '../builder/useBuilder';
import { type Op, opsOf, takesList, takesValue, type Test, type Value } from '../conditions';
import { useRefs } from '../useRefs';
import { sourcesOf } from '../variables';
import classes from './Fields.module.css';
import { SpanInput } from './SpanInput';

type Props = { test: Test; fields: readonly Field[]; readOnly: boolean; onChange: (test: Test) => void; onRemove: () => void };

const unknown = (key: string): Field => ({ key, kind: 'text', required: false, many: false, sensitive: false, sample: null });

/** One test: what is looked at, how, and what it is compared with. */
export function TestLine({ test, fields, readOnly, onChange, onRemove }: Props) {
  const { t } = useLang();
  const { words, definition } = useBuilder();
  const field = fields.find(({ key }) => key === test.field) ?? unknown(test.field);
  const allowed = opsOf(field);
  const ops = allowed.includes(test.op) ? allowed : [test.op, ...allowed];
  const known = fields.some(({ key }) => key === test.field) || !test.field;
  const data = sourcesOf(known ? fields : [unknown(test.field), ...fields], definition).map(({ head, fields: all }) => ({
    group: words.source(head),
    items: all.map(({ key }) => ({ value: key, label: words.member(key) })),
  }));

  const choose = (key: string | null) => {
    if (!key) return;
    const next = fields.find((one) => one.key === key) ?? unknown(key);
    const op = opsOf(next).includes(test.op) ? test.op : opsOf(next)[0]!;
    onChange({ field: key, op, value: next.kind === field.kind && next.of === field.of ? test.value : null });
  };
  const setOp = (op: Op) => {
    const value = !takesValue(op) ? null : takesList(op) ? (Array.isArray(test.value) ? test.value : test.value === null ? [] : [test.value as string]) : Array.isArray(test.value) ? (test.value[0] ?? null) : test.value;
    onChange({ ...test, op, value });
  };

  return (
    <div className={classes.test}>
      <Select aria-label={t('workflows.test.field')} placeholder={t('workflows.test.field')} data={data} value={test.field || null} searchable allowDeselect={false} readOnly={readOnly} onChange={choose} />
      {readOnly ? <span /> : <CloseButton size={32} aria-label={t('workflows.test.remove')} onClick={onRemove} />}
      <Select aria-label={t('workflows.test.op')} data={ops.map((op) => ({ value: op, label: t(`workflows.op.${op}`) }))} value={test.op} allowDeselect={false} readOnly={readOnly} data-alone={takesValue(test.op) ? undefined : true} onChange={(op) => (op ? setOp(op as Op) : undefined)} />
      {takesValue(test.op) ? <ValueInput field={field} test={test} readOnly={readOnly} onChange={(value) => onChange({ ...test, value })} /> : null}
    </div>
  );
}

type ValueProps = { field: Field; test: Test; readOnly: boolean; onChange: (value: Value) => void };

function ValueInput({ field, test: { op, value }, readOnly, onChange }: ValueProps) {
  const { t } = useLang();
  const { words } = useBuilder();
  const { choicesOf, knows } = useRefs();
  const { timeZone } = useSession().practice;
  const common = { 'aria-label': t('workflows.test.value'), placeholder: t('workflows.test.value'), readOnly };
  const data = field.kind === 'choice' ? (field.choices ?? []).map((one) => ({ value: one, label: words.choice(field.key.split('.')[0]!, field.key.slice(field.key.indexOf('.') + 1), one) })) : field.kind === 'ref' && knows(field.of ?? '') ? choicesOf(field.of ?? '') : undefined;
  if (data && takesList(op)) return <MultiSelect {...common} data={data} searchable value={Array.isArray(value) ? value.map(String) : []} onChange={onChange} />;
  if (data) return <Select {...common} data={data} searchable allowDeselect={false} value={typeof value === 'string' ? value : null} onChange={onChange} />;
  if (field.kind === 'minutes') return <SpanInput label={t('workflows.test.value')} readOnly={readOnly} value={typeof value === 'number' ? value : null} onChange={onChange} />;
  if (field.kind === 'number' && !takesList(op)) return <NumberInput {...common} className="ownDirection tnum" value={typeof value === 'number' ? value : ''} onChange={(next) => onChange(next === '' ? null : Number(next))} />;
  if (field.kind === 'date') return <TextInput {...common} type="date" className="ownDirection tnum" value={typeof value === 'string' ? value : ''} onChange={(event) => onChange(event.currentTarget.value || null)} />;
  if (field.kind === 'instant') {
    return <TextInput {...common} type="datetime-local" className="ownDirection tnum" value={typeof value === 'string' && value ? localIn(timeZone, value) : ''} onChange={(event) => onChange(event.currentTarget.value ? instantIn(timeZone, event.currentTarget.value) : null)} />;
  }
  const text = Array.isArray(value) ? value.join(', ') : value === null ? '' : String(value);
  const asList = (typed: string) => typed.split(/[,،]/).map((part) => part.trim()).filter(Boolean);
  return <TextInput {...common} className="ownDirection" value={text} onChange={(event) => onChange(takesList(op) ? asList(event.currentTarget.value) : event.currentTarget.value)} />;
}
