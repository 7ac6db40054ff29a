import { ActionIcon, Input, Menu } from '@mantine/core';
import { IconCode, IconDots } from '@tabler/icons-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useLang } from '@/shared/i18n';
import type { Field, Subject } from '../blocks';
import { emptyGroup, type Group } from '../conditions';
import { filterFields, filterOps, readFilter, writeFilter } from '../filters';
import { GroupEditor } from './ConditionEditor';
import classes from './Fields.module.css';
import { JsonField } from './JsonField';

type Props = {
  label: string;
  subject: Subject;
  value: unknown;
  onChange: (filter: unknown) => void;
  /** What can be compared with, beside what is entered. */
  variables: readonly Field[];
  error?: string | undefined;
  readOnly: boolean;
};

/** Which records are found, row by row; what cannot be said in rows stays as somebody wrote it, and can be written so. */
export function FilterEditor({ label, subject, value, onChange, variables, error, readOnly }: Props) {
  const { t } = useLang();
  const fields = useMemo(() => filterFields(subject.name, subject.filters ?? []), [subject]);
  const read = readFilter(value, fields);
  const [raw, setRaw] = useState(!read);
  const [group, setGroup] = useState<Group>(read ?? emptyGroup);
  const told = useRef(JSON.stringify(value));

  // undone, or changed by somebody else
  useEffect(() => {
    const text = JSON.stringify(value);
    if (text === told.current) return;
    told.current = text;
    const now = readFilter(value, fields);
    setRaw(!now);
    setGroup(now ?? emptyGroup);
  }, [value, fields]);

  const tell = (next: unknown) => {
    told.current = JSON.stringify(next);
    onChange(next);
  };
  const change = (next: Group) => {
    setGroup(next);
    tell(writeFilter(next));
  };
  const toRows = () => {
    if (!read) return;
    setGroup(read);
    setRaw(false);
  };

  return (
    <div role="group" aria-label={label}>
      <div className={classes.conditionHead}>
        <b>{label}</b>
        {readOnly ? null : (
          <Menu position="bottom-end" width={240}>
            <Menu.Target>
              <ActionIcon variant="subtle" color="gray" size={28} aria-label={t('workflows.filter.how')}>
                <IconDots size={16} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item disabled={!raw || !read} onClick={toRows}>
                {t('workflows.condition.words')}
              </Menu.Item>
              <Menu.Item leftSection={<IconCode size={15} />} disabled={raw} onClick={() => setRaw(true)}>
                {t('workflows.filter.expert')}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
      </div>
      {raw ? <JsonField label="JSON" value={value} readOnly={readOnly} onChange={tell} /> : <GroupEditor group={group} onChange={change} fields={fields} readOnly={readOnly} opsOf={filterOps} variables={variables} nothing={t('workflows.filter.all')} />}
      {error ? (
        <Input.Error role="alert" mt={4}>
          {error}
        </Input.Error>
      ) : null}
    </div>
  );
}
