import { ActionIcon, Popover, UnstyledButton } from '@mantine/core';
import { IconBraces } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { useLang } from '@/shared/i18n';
import { onRowKeys } from '@/shared/ui/rowKeys';
import { SearchBox } from '@/shared/ui/SearchBox';
import type { Field } from '../blocks';
import { useBuilder } from '../builder/useBuilder';
import { pickable, sourcesOf } from '../variables';
import classes from './Fields.module.css';

type Props = {
  /** What the variable is for. */
  label: string;
  variables: readonly Field[];
  onPick: (field: Field) => void;
  opened?: boolean;
  onOpened?: (opened: boolean) => void;
};

const PATH = /^[a-zA-Z_]\w*(\.\w+)+$/;

/** What earlier steps and the trigger have given, by where it comes from, each with a sample. */
export function VariableMenu({ label, variables, onPick, opened, onOpened }: Props) {
  const { t } = useLang();
  const [own, setOwn] = useState(false);
  const open = opened ?? own;
  const setOpen = onOpened ?? setOwn;
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" width={320} shadow="md" trapFocus withinPortal>
      <Popover.Target>
        <ActionIcon title={t('workflows.variables.insert')} variant="subtle" color="gray" size={28} aria-label={t('workflows.variables.insertFor', { field: label })} data-variables onClick={() => setOpen(!open)}>
          <IconBraces size={16} stroke={1.8} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown p={0}>
        {open ? (
          <List
            variables={variables}
            onPick={(field) => {
              setOpen(false);
              onPick(field);
            }}
          />
        ) : null}
      </Popover.Dropdown>
    </Popover>
  );
}

function List({ variables, onPick }: Pick<Props, 'variables' | 'onPick'>) {
  const { t } = useLang();
  const { words, definition } = useBuilder();
  const names = words.names(pickable(variables).map(({ key }) => key));
  const [q, setQ] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const rows = useRef<HTMLDivElement>(null);
  const wanted = q.trim().toLowerCase();
  const fits = (field: Field) => `${words.source(field.key.split('.')[0]!)} ${words.member(field.key)} ${field.key}`.toLowerCase().includes(wanted);
  const sources = sourcesOf(variables.filter(fits), definition);
  // what is in something of which nobody knows the parts, by its path: `webhook.body.name`
  const within = PATH.test(q.trim()) ? variables.find(({ kind, key }) => kind === 'object' && q.trim().startsWith(`${key}.`)) : undefined;
  return (
    <div className={classes.variables}>
      <div className={classes.variablesHead} data-autofocus tabIndex={-1} onFocus={() => input.current?.focus()}>
        <SearchBox ref={input} label={t('workflows.variables.search')} value={q} onType={setQ} rows={rows} className={classes.wide ?? ''} />
      </div>
      <div ref={rows} className={classes.variablesList} onKeyDown={onRowKeys}>
        {sources.map(({ head, fields }) => (
          <div key={head} role="group" aria-label={words.source(head)}>
            <div className={classes.sourceName}>{words.source(head)}</div>
            {fields.map((field) => (
              <UnstyledButton key={field.key} data-row data-variable={field.key} className={classes.variable} onClick={() => onPick(field)}>
                <span>{names.get(field.key)}</span>
                <Sample field={field} />
              </UnstyledButton>
            ))}
          </div>
        ))}
        {within ? (
          <UnstyledButton data-row className={classes.variable} onClick={() => onPick({ ...within, key: q.trim(), kind: 'text' })}>
            <bdi className="ltr">{q.trim()}</bdi>
          </UnstyledButton>
        ) : null}
        {sources.length || within ? null : <p className={classes.none}>{t('workflows.variables.none')}</p>}
      </div>
    </div>
  );
}

/** What one of them looks like. */
function Sample({ field }: { field: Field }) {
  const { words } = useBuilder();
  // an id says nothing to anybody
  if (field.kind === 'ref' || field.sample === null || field.sample === undefined || typeof field.sample === 'object') return null;
  return (
    <small>
      <bdi>{words.given(field, field.key.split('.')[0]!, field.sample)}</bdi>
    </small>
  );
}
