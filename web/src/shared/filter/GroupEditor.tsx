import { ActionIcon, Button, Select } from '@mantine/core';
import { IconFolderPlus, IconPlus, IconTrash } from '@tabler/icons-react';
import { useRef } from 'react';
import { useLang } from '@/shared/i18n';
import { DEEPEST, emptyGroup, emptyRow, type FilterField, type FilterWords, type Group, isGroup, opsOf, type Part, type Row, type RowOp, takes, withPart } from './filter';
import classes from './Filter.module.css';
import { ValueInput } from './ValueInput';

type Props = {
  group: Group;
  fields: FilterField[];
  words: FilterWords;
  /** Keys of rows in which something is missing. */
  missing: string[];
  depth: number;
  /** Without a group: it shall go. */
  onChange: (group: Group | undefined) => void;
};

/** Conditions of which all hold, or one of them; groups of them inside. */
export function GroupEditor({ group, fields, words, missing, depth, onChange }: Props) {
  const { t } = useLang();
  const { choicesOf } = words;
  const ref = useRef<HTMLDivElement>(null);
  const add = (part: Part) => {
    onChange({ ...group, parts: [...group.parts, part] });
    // into what was added
    requestAnimationFrame(() => [...(ref.current?.querySelectorAll<HTMLElement>('[data-first]') ?? [])].at(-1)?.focus());
  };
  const first = fields.find((field) => field.name === 'status') ?? fields[0];
  const change = (key: string, next: Part | undefined) => onChange(withPart(group, key, next));

  return (
    <div ref={ref} className={classes.group} data-inner={depth > 1 || undefined} role="group" aria-label={t('filter.group')}>
      <div className={classes.joinRow}>
        <Select
          aria-label={t('filter.join')}
          data={(['all', 'any'] as const).map((value) => ({ value, label: t(`filter.join.${value}`) }))}
          value={group.join}
          allowDeselect={false}
          onChange={(join) => onChange({ ...group, join: join === 'any' ? 'any' : 'all' })}
          className={classes.join ?? ''}
        />
        {depth > 1 ? (
          <ActionIcon variant="subtle" color="gray" size={36} aria-label={t('filter.removeGroup')} onClick={() => onChange(undefined)}>
            <IconTrash size={17} stroke={1.7} />
          </ActionIcon>
        ) : null}
      </div>
      {group.parts.map((part, i) =>
        isGroup(part) ? (
          <GroupEditor key={part.key} group={part} fields={fields} words={words} missing={missing} depth={depth + 1} onChange={(next) => change(part.key, next)} />
        ) : (
          <RowEditor key={part.key} row={part} n={i + 1} fields={fields} words={words} missing={missing.includes(part.key)} onChange={(next) => change(part.key, next)} />
        ),
      )}
      <div className={classes.adds}>
        {first ? (
          <Button variant="subtle" size="xs" leftSection={<IconPlus size={14} />} onClick={() => add(emptyRow(first, !!choicesOf(first)))}>
            {t('filter.add')}
          </Button>
        ) : null}
        {depth < DEEPEST ? (
          <Button variant="subtle" color="gray" size="xs" leftSection={<IconFolderPlus size={14} />} onClick={() => add(emptyGroup(group.join === 'all' ? 'any' : 'all'))}>
            {t('filter.addGroup')}
          </Button>
        ) : null}
      </div>
    </div>
  );
}

type RowProps = { row: Row; n: number; fields: FilterField[]; words: FilterWords; missing: boolean; onChange: (row: Row | undefined) => void };

function RowEditor({ row, n, fields, words, missing, onChange }: RowProps) {
  const { t } = useLang();
  const { fieldText, opText, choicesOf } = words;
  const field = fields.find((one) => one.name === row.field);
  const ops: RowOp[] = field ? opsOf(field, !!choicesOf(field)) : [];
  const shown = ops.includes(row.op) ? ops : [...ops, row.op];
  const setField = (name: string | null) => {
    const next = fields.find((one) => one.name === name);
    if (next) onChange({ ...emptyRow(next, !!choicesOf(next)), key: row.key });
  };
  const setOp = (op: RowOp) => onChange({ ...row, op, value: takes(op) === takes(row.op) ? row.value : takes(op) === 'several' ? [row.value].flat().filter(Boolean) : ([row.value].flat()[0] ?? '') });
  return (
    <div className={classes.row}>
      {/* a choice brings a hidden input along, which shall not count as a cell */}
      <div>
        <Select
          data-first
          aria-label={t('filter.fieldOf', { n })}
          data={fields.map(({ name }) => ({ value: name, label: fieldText(name) }))}
          value={row.field}
          searchable
          allowDeselect={false}
          nothingFoundMessage={t('search.nothing')}
          onChange={setField}
        />
      </div>
      <div>
        <Select
          aria-label={t('filter.opOf', { n })}
          data={shown.map((op) => ({ value: op, label: opText(field?.kind ?? 'text', op) }))}
          value={row.op}
          allowDeselect={false}
          onChange={(op) => setOp(op as RowOp)}
        />
      </div>
      <div>{field && takes(row.op) !== 'none' ? <ValueInput row={row} field={field} words={words} n={n} missing={missing} onChange={(value) => onChange({ ...row, value })} /> : null}</div>
      <ActionIcon variant="subtle" color="gray" size={36} aria-label={t('filter.removeRow', { n })} onClick={() => onChange(undefined)}>
        <IconTrash size={17} stroke={1.7} />
      </ActionIcon>
    </div>
  );
}
