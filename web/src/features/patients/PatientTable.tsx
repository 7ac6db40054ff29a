import { Avatar, Skeleton, Table, UnstyledButton } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDate, formatDayShort } from '@/shared/i18n/format';
import { localName } from '@/shared/names';
import lists from '@/shared/ui/List.module.css';
import { onRowKeys } from '@/shared/ui/rowKeys';
import type { PatientItem } from './api';
import { inUse } from './fields/api';
import { useCustomText } from './fields/useCustomText';
import { Phone, SevereMark, StatusBadge, TagPills, useAge } from './marks';
import classes from './Patients.module.css';
import { initialsOf, namesOf, scriptOf } from './person';
import { type Column, nextSort, type Sort } from './search';

const SKELETONS = 10;
const COLUMNS = 7;
const MOST_TAGS = 2;

type Props = {
  /** Missing while the first page is on its way. */
  items: PatientItem[] | undefined;
  sort: Sort;
  onSort: (sort: Sort) => void;
  onOpen: (patient: PatientItem) => void;
};

export function PatientTable({ items, sort, onSort, onOpen }: Props) {
  const { t, lang } = useLang();
  const { practice } = useSession();
  const ageOf = useAge();
  const { fields, textOf } = useCustomText();
  const own = inUse(fields).filter((field) => field.listed);

  const sortable = (column: Column, label: string) => {
    const on = sort === column || sort === `-${column}`;
    const down = sort === `-${column}`;
    const Icon = down ? IconArrowDown : IconArrowUp;
    return (
      <Table.Th aria-sort={on ? (down ? 'descending' : 'ascending') : 'none'}>
        <UnstyledButton className={lists.sort} data-on={on || undefined} onClick={() => onSort(nextSort(column, sort))}>
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
            {sortable('name', t('patients.col.name'))}
            {sortable('number', t('patients.col.number'))}
            <Table.Th>{t('patients.field.status')}</Table.Th>
            {sortable('birthDate', t('patients.col.born'))}
            <Table.Th>{t('field.phone')}</Table.Th>
            <Table.Th>{t('patients.field.tags')}</Table.Th>
            {own.map((field) => (
              <Table.Th key={field.id}>
                <bdi>{localName(field, lang)}</bdi>
              </Table.Th>
            ))}
            {sortable('updatedAt', t('patients.col.updated'))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody onKeyDown={onRowKeys}>
          {items
            ? items.map((p) => {
                const { name, other } = namesOf(p, lang);
                return (
                  <Table.Tr key={p.id} onClick={() => onOpen(p)}>
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
                            <bdi>{name}</bdi>
                          </UnstyledButton>
                          {other ? (
                            <span className={lists.other}>
                              <bdi lang={scriptOf(other)}>{other}</bdi>
                            </span>
                          ) : null}
                        </div>
                        <SevereMark alerts={p.alerts} />
                      </div>
                    </Table.Td>
                    <Table.Td>
                      <bdi className="ltr tnum">{p.number}</bdi>
                    </Table.Td>
                    <Table.Td>
                      <StatusBadge status={p.status} deleted={!!p.deletedAt} />
                    </Table.Td>
                    <Table.Td className="tnum">
                      {p.birthDate ? (
                        <>
                          {formatDayShort(lang, p.birthDate)}
                          <span className={classes.second}>{ageOf(p.birthDate)}</span>
                        </>
                      ) : (
                        <Dash />
                      )}
                    </Table.Td>
                    <Table.Td>{p.phone ? <Phone number={p.phone} /> : <Dash />}</Table.Td>
                    <Table.Td>{p.tags.length ? <TagPills ids={p.tags} most={MOST_TAGS} /> : <Dash />}</Table.Td>
                    {own.map((field) => (
                      <Table.Td key={field.id}>
                        <bdi>{textOf(field, p.custom[field.key]) || <Dash />}</bdi>
                      </Table.Td>
                    ))}
                    <Table.Td className="tnum">{formatDate(lang, practice.timeZone, p.updatedAt)}</Table.Td>
                  </Table.Tr>
                );
              })
            : Array.from({ length: SKELETONS }, (_, i) => (
                <Table.Tr key={i}>
                  <Table.Td colSpan={COLUMNS + own.length}>
                    <Skeleton h={30} />
                  </Table.Td>
                </Table.Tr>
              ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

const Dash = () => <span className={lists.dim}>–</span>;
