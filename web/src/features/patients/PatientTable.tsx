import { Avatar, Checkbox, Skeleton, Table, UnstyledButton } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useSession } from '@/shared/auth/session';
import { type MessageId, useLang } from '@/shared/i18n';
import { formatDate, formatDayShort } from '@/shared/i18n/format';
import lists from '@/shared/ui/List.module.css';
import { useChoosing } from '@/shared/ui/useChoosing';
import type { PatientItem } from './api';
import { useCustomText } from './fields/useCustomText';
import { Phone, SevereMark, StatusBadge, TagPills, useAge } from './marks';
import classes from './Patients.module.css';
import { initialsOf, namesOf, scriptOf } from './person';
import { PeekButton } from './peek/PeekButton';
import { usePeek } from './peek/usePeek';
import { columns as sortable, nextSort, type Sort } from './search';
import type { BuiltIn } from './views/columns';

/** Before the keys of the practice's own fields among the columns. */
const OWN = 'custom.';

const SKELETONS = 10;
const MOST_TAGS = 2;
/** As many as can be changed at once. */
const MOST_CHOSEN = 200;

type Props = {
  /** Missing while the first page is on its way. */
  items: PatientItem[] | undefined;
  sort: Sort;
  onSort: (sort: Sort) => void;
  onOpen: (patient: PatientItem) => void;
  /** Names of the columns behind the name. */
  columns: string[];
  /** Whom the drawer over the list shows. */
  peeked: string | undefined;
  /** Ids of the rows that were chosen, where rows can be. */
  chosen?: ReadonlySet<string>;
  onChoose?: (ids: ReadonlySet<string>) => void;
};

export function PatientTable({ items, sort, onSort, onOpen, columns, peeked, chosen, onChoose }: Props) {
  const { t, lang } = useLang();
  const { headOf, cellOf } = usePatientColumns();
  const { onKeyDown } = usePeek();
  const choosing = useChoosing(items, MOST_CHOSEN, chosen, onChoose);

  const head = (column: string) => {
    const label = column === 'name' ? t('patients.col.name') : headOf(column);
    const sorts = sortable.find((one) => one === column);
    if (!sorts) {
      return (
        <Table.Th key={column}>
          <bdi>{label}</bdi>
        </Table.Th>
      );
    }
    const on = sort === sorts || sort === `-${sorts}`;
    const down = sort === `-${sorts}`;
    const Icon = down ? IconArrowDown : IconArrowUp;
    return (
      <Table.Th key={column} aria-sort={on ? (down ? 'descending' : 'ascending') : 'none'}>
        <UnstyledButton className={lists.sort} data-on={on || undefined} onClick={() => onSort(nextSort(sorts, sort))}>
          {label}
          <Icon size={13} stroke={2} aria-hidden />
        </UnstyledButton>
      </Table.Th>
    );
  };

  return (
    <Table.ScrollContainer minWidth={980} scrollAreaProps={{ viewportProps: { tabIndex: 0, 'aria-label': t('patients.title'), role: 'region' } }}>
      <Table verticalSpacing={8} horizontalSpacing={16} highlightOnHover className={lists.table} aria-busy={!items}>
        <Table.Thead>
          <Table.Tr>
            {choosing ? (
              <Table.Th w={44}>
                <Checkbox size="xs" aria-label={t('bulk.all')} checked={choosing.all} indeterminate={choosing.some} onChange={choosing.toggleAll} />
              </Table.Th>
            ) : null}
            {['name', ...columns].map(head)}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody onKeyDown={onKeyDown}>
          {items
            ? items.map((p, i) => {
                const { name, other } = namesOf(p, lang);
                return (
                  <Table.Tr key={p.id} onClick={() => onOpen(p)} {...(chosen?.has(p.id) || p.id === peeked ? { bg: 'var(--brand-tint)' } : {})}>
                    {choosing ? (
                      <Table.Td onClick={(e) => e.stopPropagation()}>
                        <Checkbox
                          size="xs"
                          aria-label={t('bulk.one', { name })}
                          checked={!!chosen?.has(p.id)}
                          // the click knows of the shift key, the change does not
                          onClick={(e) => choosing.toggle(i, e.shiftKey)}
                          onChange={() => undefined}
                        />
                      </Table.Td>
                    ) : null}
                    <Table.Td>
                      <div className={lists.nameCell}>
                        <Avatar size={32} radius="xl" aria-hidden>
                          {initialsOf(name)}
                        </Avatar>
                        <div className={lists.names}>
                          <UnstyledButton
                            data-row={p.id}
                            className={lists.name}
                            onClick={(e) => {
                              e.stopPropagation();
                              onOpen(p);
                            }}
                          >
                            <bdi className="cut">{name}</bdi>
                          </UnstyledButton>
                          {other ? (
                            <span className={lists.other}>
                              <bdi className="cut" lang={scriptOf(other)}>{other}</bdi>
                            </span>
                          ) : null}
                        </div>
                        <SevereMark alerts={p.alerts} />
                        <PeekButton id={p.id} name={name} />
                      </div>
                    </Table.Td>
                    {columns.map((column) => (
                      <Table.Td key={column} className="tnum">
                        {cellOf(column, p) || <Dash />}
                      </Table.Td>
                    ))}
                  </Table.Tr>
                );
              })
            : Array.from({ length: SKELETONS }, (_, i) => (
                <Table.Tr key={i}>
                  <Table.Td colSpan={columns.length + 1 + (choosing ? 1 : 0)}>
                    <Skeleton h={30} />
                  </Table.Td>
                </Table.Tr>
              ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** What the columns behind the name are called, and what they say of a patient. */
function usePatientColumns() {
  const { t, lang, lookup } = useLang();
  const { practice } = useSession();
  const ageOf = useAge();
  const { fields, textOf, nameOf } = useCustomText();
  const heads: Partial<Record<string, MessageId>> = { number: 'patients.col.number', birthDate: 'patients.col.born', phone: 'field.phone', updatedAt: 'patients.col.updated' };
  const cells: Record<BuiltIn, (p: PatientItem) => ReactNode> = {
    number: (p) => <bdi className="ltr">{p.number}</bdi>,
    status: (p) => <StatusBadge status={p.status} deleted={!!p.deletedAt} />,
    birthDate: (p) =>
      p.birthDate ? (
        <>
          {formatDayShort(lang, p.birthDate)}
          <span className={classes.second}>{ageOf(p.birthDate)}</span>
        </>
      ) : null,
    sex: (p) => (p.sex === 'unknown' ? null : t(`patients.sex.${p.sex}`)),
    phone: (p) => (p.phone ? <Phone number={p.phone} /> : null),
    email: (p) => (p.email ? <bdi className="ltr">{p.email}</bdi> : null),
    tags: (p) => (p.tags.length ? <TagPills ids={p.tags} most={MOST_TAGS} /> : null),
    lastVisit: (p) => (p.lastVisit ? formatDate(lang, practice.timeZone, p.lastVisit) : null),
    nextVisit: (p) => (p.nextVisit ? formatDate(lang, practice.timeZone, p.nextVisit) : null),
    createdAt: (p) => formatDate(lang, practice.timeZone, p.createdAt),
    updatedAt: (p) => formatDate(lang, practice.timeZone, p.updatedAt),
  };
  const keyOf = (column: string) => column.slice(OWN.length);
  const headOf = (column: string) => {
    const id = heads[column];
    if (id) return t(id);
    return column.startsWith(OWN) ? nameOf(keyOf(column)) : (lookup(`filter.field.${column}`) ?? lookup(`patients.field.${column}`) ?? column);
  };
  const cellOf = (column: string, p: PatientItem): ReactNode => {
    if (!column.startsWith(OWN)) return cells[column as BuiltIn]?.(p);
    const field = fields?.find((one) => one.key === keyOf(column));
    const text = field ? textOf(field, p.custom[field.key]) : '';
    return text ? <bdi>{text}</bdi> : null;
  };
  return { headOf, cellOf };
}

const Dash = () => <span className={lists.dim}>–</span>;
