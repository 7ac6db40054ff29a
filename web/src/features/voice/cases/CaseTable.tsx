import { Checkbox, Skeleton, Table, UnstyledButton } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useLang } from '@/shared/i18n';
import lists from '@/shared/ui/List.module.css';
import { onRowKeys } from '@/shared/ui/rowKeys';
import { useChoosing } from '@/shared/ui/useChoosing';
import type { CallWorkflow } from '../api';
import { nextSort, type Sort } from '../search';
import { useCaseTitle } from '../useCaseTitle';
import { type Case, MOST_AT_ONCE } from './api';
import classes from './Cases.module.css';
import { useColumns } from './columns';

const SKELETONS = 10;

type Props = {
  workflow: CallWorkflow;
  /** Missing while the first page is on its way. */
  items: Case[] | undefined;
  sort: Sort;
  onSort: (sort: Sort) => void;
  onOpen: (one: Case) => void;
  /** Ids of the rows that were chosen, where rows can be. */
  chosen?: ReadonlySet<string>;
  onChoose?: (ids: ReadonlySet<string>) => void;
};

export function CaseTable({ workflow, items, sort, onSort, onOpen, chosen, onChoose }: Props) {
  const { t } = useLang();
  const titleOf = useCaseTitle();
  const { first, rest } = useColumns(workflow);
  const choosing = useChoosing(items, MOST_AT_ONCE, chosen, onChoose);
  const columns = rest.length + 1 + (choosing ? 1 : 0);
  return (
    <Table.ScrollContainer minWidth={980} scrollAreaProps={{ viewportProps: { tabIndex: 0, 'aria-label': t('cases.title'), role: 'region' } }}>
      <Table verticalSpacing={8} horizontalSpacing={16} highlightOnHover className={lists.table} aria-busy={!items}>
        <Table.Thead>
          <Table.Tr>
            {choosing ? (
              <Table.Th w={44}>
                <Checkbox size="xs" aria-label={t('cases.chooseAll')} checked={choosing.all} indeterminate={choosing.some} onChange={choosing.toggleAll} />
              </Table.Th>
            ) : null}
            <Head name={first.name} label={first.head} sort={sort} onSort={onSort} />
            {rest.map((column) => (
              <Head key={column.name} name={column.sortable ? column.name : undefined} label={column.head} sort={sort} onSort={onSort} />
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody onKeyDown={onRowKeys}>
          {items
            ? items.map((one, i) => {
                const title = titleOf(workflow, one);
                return (
                  <Table.Tr key={one.id} onClick={() => onOpen(one)} {...(chosen?.has(one.id) ? { bg: 'var(--brand-tint)' } : {})}>
                    {choosing ? (
                      <Table.Td onClick={(event) => event.stopPropagation()}>
                        <Checkbox
                          size="xs"
                          aria-label={t('cases.chooseOne', { name: title })}
                          checked={!!chosen?.has(one.id)}
                          // the click knows of the shift key, the change does not
                          onClick={(event) => choosing.toggle(i, event.shiftKey)}
                          onChange={() => undefined}
                        />
                      </Table.Td>
                    ) : null}
                    <Table.Td>
                      <UnstyledButton
                        data-row={one.id}
                        className={`${lists.name} ${classes.open}`}
                        onClick={(event) => {
                          event.stopPropagation();
                          onOpen(one);
                        }}
                      >
                        <bdi className="cut">{title}</bdi>
                      </UnstyledButton>
                    </Table.Td>
                    {rest.map((column) => (
                      <Table.Td key={column.name} className={`${classes.cell} tnum`}>
                        {column.cell(one) ?? <span className={lists.dim}>–</span>}
                      </Table.Td>
                    ))}
                  </Table.Tr>
                );
              })
            : Array.from({ length: SKELETONS }, (_, i) => (
                <Table.Tr key={i}>
                  <Table.Td colSpan={columns}>
                    <Skeleton h={30} />
                  </Table.Td>
                </Table.Tr>
              ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

type HeadProps = {
  /** By which the list is sorted; missing where it cannot be. */
  name: string | undefined;
  label: string;
  sort: Sort;
  onSort: (sort: Sort) => void;
};

function Head({ name, label, sort, onSort }: HeadProps) {
  if (!name) {
    return (
      <Table.Th>
        <bdi>{label}</bdi>
      </Table.Th>
    );
  }
  const down = sort === `-${name}`;
  const on = down || sort === name;
  const Icon = down ? IconArrowDown : IconArrowUp;
  return (
    <Table.Th aria-sort={on ? (down ? 'descending' : 'ascending') : 'none'}>
      <UnstyledButton className={lists.sort} data-on={on || undefined} onClick={() => onSort(nextSort(name, sort))}>
        <bdi>{label}</bdi>
        <Icon size={13} stroke={2} aria-hidden />
      </UnstyledButton>
    </Table.Th>
  );
}
