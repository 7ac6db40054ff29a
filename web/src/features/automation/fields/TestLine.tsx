import { CloseButton, MultiSelect, NumberInput, Select, TextInput } from '@mantine/core';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { instantIn, localIn } from '@/shared/zoned';
import type { Field } from '../blocks';
import { useBuilder } from '../builder/useBuilder';
import { type Op, opsOf as usualOps, takesList, takesValue, type Test, type Value } from '../conditions';
import { useRefs } from '../useRefs';
import { fitting, sourcesOf, variableIn, written } from '../variables';
import classes from './Fields.module.css';
import { PatientPicker } from './PatientPicker';
import { SpanInput } from './SpanInput';
import { VariableMenu } from './VariableMenu';

type Props = {
  test: Test;
  fields: readonly Field[];
  readOnly: boolean;
  /** What can be asked of a field; without it, what conditions can. */
  opsOf?: ((field: Field) => readonly Op[]) | undefined;
  /** What it can be compared with, beside what is entered. */
  variables?: readonly Field[] | undefined;
  onChange: (test: Test) => void;
  onRemove: () => void;
};

const unknown = (key: string): Field => ({ key, kind: 'text', required: false, many: false, sensitive: false, sample: null });

/** One test: what is looked at, how, and what it is compared with. */
export function TestLine({ test, fields, readOnly, opsOf = usualOps, variables, onChange, onRemove }: Props) {
  const { t } = useLang();
  const { words, definition } = useBuilder();
  const field = fields.find(({ key }) => key === test.field) ?? unknown(test.field);
  const allowed = opsOf(field);
  const ops = allowed.includes(test.op) ? allowed : [test.op, ...allowed];
  const known = fields.some(({ key }) => key === test.field) || !test.field;
  const sources = sourcesOf(known ? fields : [unknown(test.field), ...fields], definition);
  const names = words.names(sources.flatMap((source) => source.fields.map(({ key }) => key)));
  const data = sources.map(({ head, fields: all }) => ({ group: words.source(head), items: all.map(({ key }) => ({ value: key, label: names.get(key)! })) }));

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
      {takesValue(test.op) ? <Compared field={field} test={test} readOnly={readOnly} variables={takesList(test.op) ? undefined : variables} onChange={(value) => onChange({ ...test, value })} /> : null}
    </div>
  );
}

/** Something fixed, or what an earlier step or the trigger has given. */
function Compared({ variables = [], ...props }: ValueProps & { variables?: readonly Field[] | undefined }) {
  const { t } = useLang();
  const { words } = useBuilder();
  const { field, test, readOnly, onChange } = props;
  const path = variableIn(test.value);
  const fits = fitting(variables, field);
  if (!path && !fits.length) return <ValueInput {...props} />;
  return (
    <div className={classes.compared}>
      {path ? (
        <span className={classes.chip}>
          <bdi>{words.variable(path)}</bdi>
        </span>
      ) : (
        <ValueInput {...props} />
      )}
      {path && !readOnly ? <CloseButton size={28} aria-label={t('workflows.variables.clear', { field: t('workflows.test.value') })} onClick={() => onChange(null)} /> : null}
      {readOnly || !fits.length ? null : <VariableMenu label={t('workflows.test.value')} variables={fits} onPick={(one) => onChange(written({ path: one.key }))} />}
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
  if (field.of === 'patient' && !takesList(op)) return <PatientPicker aria-label={t('workflows.test.value')} readOnly={readOnly} value={typeof value === 'string' && value ? value : null} onChange={onChange} />;
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
