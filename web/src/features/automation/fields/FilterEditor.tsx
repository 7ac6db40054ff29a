import { useMemo, useState } from 'react';
import { useLang } from '@/shared/i18n';
import type { Field, Subject } from '../blocks';
import { emptyGroup, type Group } from '../conditions';
import { filterFields, filterOps, readFilter, writeFilter } from '../filters';
import { GroupEditor } from './ConditionEditor';
import { JsonField } from './JsonField';
import { useTold, Worded } from './Worded';

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
  const tell = useTold(value, onChange, () => {
    setRaw(!read);
    setGroup(read ?? emptyGroup);
  });
  const change = (next: Group) => {
    setGroup(next);
    tell(writeFilter(next));
  };
  const toRows = (known: Group) => {
    setGroup(known);
    setRaw(false);
  };

  return (
    <Worded
      label={label}
      how={t('workflows.filter.how')}
      expert={t('workflows.filter.expert')}
      inWords={!raw}
      toWords={read ? () => toRows(read) : undefined}
      toExpert={() => setRaw(true)}
      error={error}
      readOnly={readOnly}
    >
      {raw ? <JsonField label="JSON" value={value} readOnly={readOnly} onChange={tell} /> : <GroupEditor group={group} onChange={change} fields={fields} readOnly={readOnly} opsOf={filterOps} variables={variables} nothing={t('workflows.filter.all')} />}
    </Worded>
  );
}
