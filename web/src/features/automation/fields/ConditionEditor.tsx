import { Button, SegmentedControl, Textarea } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { useLang } from '@/shared/i18n';
import type { Field } from '../blocks';
import { celOf, emptyGroup, type Group, isGroup, type Item, type Op, read, write } from '../conditions';
import type { Condition } from '../definition';
import classes from './Fields.module.css';
import { JsonField } from './JsonField';
import { TestLine } from './TestLine';
import { useTold, Worded } from './Worded';

type Props = { label: string; value: Condition; onChange: (condition: Condition) => void; fields: readonly Field[]; error?: string | undefined; readOnly: boolean };
type Mode = 'words' | 'logic' | 'cel';

const modeOf = (value: Condition): Mode => (celOf(value) !== undefined ? 'cel' : read(value) ? 'words' : 'logic');

/** What must hold, in words; what cannot be said in them stays as somebody wrote it, and can be written so. */
export function ConditionEditor({ label, value, onChange, fields, error, readOnly }: Props) {
  const { t } = useLang();
  const [mode, setMode] = useState<Mode>(() => modeOf(value));
  const [group, setGroup] = useState<Group>(() => read(value) ?? emptyGroup);
  const known = read(value);
  const tell = useTold(value, onChange, () => {
    setMode(modeOf(value));
    setGroup(known ?? emptyGroup);
  });
  const change = (next: Group) => {
    setGroup(next);
    tell(write(next));
  };
  const toWords = (group: Group) => {
    setGroup(group);
    setMode('words');
  };

  return (
    <Worded
      label={label}
      how={t('workflows.condition.how')}
      expert={t('workflows.condition.expert')}
      inWords={mode === 'words'}
      toWords={known ? () => toWords(known) : undefined}
      toExpert={() => setMode('logic')}
      error={error}
      readOnly={readOnly}
      field="condition"
    >
      {mode === 'words' ? <GroupEditor group={group} onChange={change} fields={fields} readOnly={readOnly} /> : <Expert mode={mode} setMode={setMode} value={value} tell={tell} readOnly={readOnly} />}
    </Worded>
  );
}

type ExpertProps = { mode: Mode; setMode: (mode: Mode) => void; value: Condition; tell: (condition: Condition) => void; readOnly: boolean };

function Expert({ mode, setMode, value, tell, readOnly }: ExpertProps) {
  const { t } = useLang();
  const cel = celOf(value) ?? '';
  return (
    <div className={classes.group}>
      <p className={classes.note}>{t(mode === 'logic' && value && !read(value) ? 'workflows.condition.foreign' : 'workflows.condition.expertHint')}</p>
      {readOnly ? null : (
        <SegmentedControl
          aria-label={t('workflows.condition.language')}
          data={[
            { value: 'logic', label: 'JSONLogic' },
            { value: 'cel', label: 'CEL' },
          ]}
          value={mode}
          onChange={(next) => setMode(next as Mode)}
        />
      )}
      {mode === 'cel' ? (
        <Textarea
          label="CEL"
          readOnly={readOnly}
          autosize
          minRows={3}
          maxRows={12}
          spellCheck={false}
          dir="ltr"
          styles={{ input: { fontFamily: 'monospace', fontSize: 12.5 } }}
          value={cel}
          onChange={(event) => tell(event.currentTarget.value.trim() ? { cel: event.currentTarget.value } : null)}
        />
      ) : (
        <JsonField label="JSONLogic" value={celOf(value) === undefined ? value : null} readOnly={readOnly} onChange={(next) => tell(next && typeof next === 'object' && !Array.isArray(next) ? (next as Condition) : null)} />
      )}
    </div>
  );
}

type GroupProps = {
  group: Group;
  onChange: (group: Group) => void;
  fields: readonly Field[];
  readOnly: boolean;
  inner?: boolean;
  /** What can be asked of each of them; without it, what conditions can. */
  opsOf?: (field: Field) => readonly Op[];
  /** What can be compared with, where that need not be entered. */
  variables?: readonly Field[];
  /** What no condition means. */
  nothing?: string;
};

/** Conditions of which all or any must hold. */
export function GroupEditor({ group, onChange, inner = false, ...rest }: GroupProps) {
  const { fields, readOnly, nothing } = rest;
  const { t } = useLang();
  const put = (at: number, item: Item | null) => onChange({ ...group, items: group.items.flatMap((one, n) => (n === at ? (item ?? []) : one)) });
  const add = (item: Item) => onChange({ ...group, items: [...group.items, item] });
  return (
    <div className={classes.group} data-inner={inner || undefined}>
      {group.items.length > 1 ? (
        <SegmentedControl
          aria-label={t('workflows.condition.join')}
          data={(['all', 'any'] as const).map((join) => ({ value: join, label: t(`workflows.condition.${join}`) }))}
          value={group.join}
          disabled={readOnly}
          onChange={(join) => onChange({ ...group, join: join as Group['join'] })}
        />
      ) : null}
      {group.items.map((item, n) => (
        <div key={n} className={classes.group}>
          {n ? <span className={classes.joined}>{t(group.join === 'all' ? 'workflows.and' : 'workflows.or')}</span> : null}
          {isGroup(item) ? (
            <GroupEditor {...rest} inner group={item} onChange={(next) => put(n, next.items.length ? next : null)} />
          ) : (
            <TestLine test={item} fields={fields} readOnly={readOnly} opsOf={rest.opsOf} variables={rest.variables} onChange={(next) => put(n, next)} onRemove={() => put(n, null)} />
          )}
        </div>
      ))}
      {group.items.length ? null : <p className={classes.note}>{nothing ?? t('workflows.condition.always')}</p>}
      {readOnly ? null : (
        <div className={classes.groupActs}>
          <Button size="compact-sm" variant="light" leftSection={<IconPlus size={14} />} onClick={() => add({ field: '', op: 'is', value: null })}>
            {t('workflows.condition.add')}
          </Button>
          {inner ? (
            <Button size="compact-sm" variant="subtle" color="gray" leftSection={<IconX size={14} />} onClick={() => onChange({ ...group, items: [] })}>
              {t('workflows.condition.removeGroup')}
            </Button>
          ) : group.items.length ? (
            <Button size="compact-sm" variant="subtle" color="gray" onClick={() => add({ join: group.join === 'all' ? 'any' : 'all', items: [{ field: '', op: 'is', value: null }] })}>
              {t('workflows.condition.addGroup')}
            </Button>
          ) : null}
        </div>
      )}
    </div>
  );
}
