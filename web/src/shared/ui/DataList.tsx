import { ActionIcon, Badge, Menu, Skeleton, Table, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconDots } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useLang } from '@/shared/i18n';
import classes from './List.module.css';
import { PHONE } from './phone';
import { onRowKeys } from './rowKeys';

const SKELETONS = 4;

export type Column<R> = { label: string; cell: (row: R) => ReactNode };
type Props<R> = {
  rows: readonly R[] | undefined;
  keyOf: (row: R) => string;
  /** Names the list for those who hear it. */
  label: string;
  /** Head of the first column. */
  nameLabel: string;
  nameOf: (row: R) => { name: string; other?: string | undefined };
  lead?: (row: R) => ReactNode;
  badge?: (row: R) => string | undefined;
  columns: readonly Column<R>[];
  /** What a card says under the name. */
  details: (row: R) => ReactNode;
  onOpen: (row: R) => void;
  /** Items of a row's menu; a card has them in the drawer that it opens. */
  menu?: ((row: R) => ReactNode) | undefined;
};

/** A short list: a table with a menu in each row, and cards on a phone. */
export function DataList<R>(props: Props<R>) {
  const phone = useMediaQuery(PHONE, matchMedia(PHONE).matches, { getInitialValueInEffect: false });
  return phone ? <Cards {...props} /> : <Rows {...props} />;
}

export const shown = (value: ReactNode) => value ?? <span className={classes.dim}>–</span>;

function Name({ name, other, badge }: { name: string; other?: string | undefined; badge: string | undefined }) {
  return (
    <>
      <div className={classes.names}>
        <span className={classes.name}>
          <bdi className="cut">{name}</bdi>
        </span>
        {other ? (
          <span className={classes.other}>
            <bdi className="cut">{other}</bdi>
          </span>
        ) : null}
      </div>
      {badge ? (
        <Badge radius="sm" className={classes.badge}>
          {badge}
        </Badge>
      ) : null}
    </>
  );
}

function Rows<R>({ rows, keyOf, label, nameLabel, nameOf, lead, badge, columns, onOpen, menu }: Props<R>) {
  const { t } = useLang();
  return (
    <Table.ScrollContainer minWidth={640} type="native">
      <Table className={classes.table} highlightOnHover horizontalSpacing="md" aria-label={label} aria-busy={!rows}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{nameLabel}</Table.Th>
            {columns.map((column) => (
              <Table.Th key={column.label}>{column.label}</Table.Th>
            ))}
            <Table.Th w={56}>
              <VisuallyHidden>{t('list.actions')}</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody onKeyDown={onRowKeys}>
          {rows
            ? rows.map((row) => {
                const { name, other } = nameOf(row);
                const items = menu?.(row);
                return (
                  <Table.Tr key={keyOf(row)} onClick={() => onOpen(row)}>
                    <Table.Td>
                      <div className={classes.nameCell}>
                        {lead?.(row)}
                        <UnstyledButton data-row className={classes.rowButton} onClick={() => onOpen(row)}>
                          <Name name={name} other={other} badge={badge?.(row)} />
                        </UnstyledButton>
                      </div>
                    </Table.Td>
                    {columns.map((column) => (
                      <Table.Td key={column.label}>{shown(column.cell(row))}</Table.Td>
                    ))}
                    <Table.Td onClick={(e) => e.stopPropagation()}>
                      {items ? (
                        <Menu position="bottom-end" width={180}>
                          <Menu.Target>
                            <ActionIcon variant="subtle" color="gray" size={32} aria-label={t('list.rowActions', { name })}>
                              <IconDots size={18} stroke={1.7} />
                            </ActionIcon>
                          </Menu.Target>
                          <Menu.Dropdown>{items}</Menu.Dropdown>
                        </Menu>
                      ) : null}
                    </Table.Td>
                  </Table.Tr>
                );
              })
            : Array.from({ length: SKELETONS }, (_, n) => (
                <Table.Tr key={n}>
                  <Table.Td colSpan={columns.length + 2}>
                    <Skeleton h={26} />
                  </Table.Td>
                </Table.Tr>
              ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Cards<R>({ rows, keyOf, label, nameOf, lead, badge, details, onOpen }: Props<R>) {
  return (
    <ul className={classes.cards} aria-label={label} onKeyDown={onRowKeys} aria-busy={!rows}>
      {rows
        ? rows.map((row) => (
            <li key={keyOf(row)}>
              <UnstyledButton data-row className={classes.cardRow} onClick={() => onOpen(row)}>
                {lead?.(row)}
                <span className={classes.cardMain}>
                  <b>
                    <bdi className="cut">{nameOf(row).name}</bdi>
                  </b>
                  <span>{details(row)}</span>
                </span>
                {badge?.(row) ? (
                  <Badge radius="sm" className={classes.badge}>
                    {badge(row)}
                  </Badge>
                ) : null}
              </UnstyledButton>
            </li>
          ))
        : Array.from({ length: SKELETONS }, (_, n) => (
            <li key={n} className={classes.cardRow}>
              <Skeleton h={34} />
            </li>
          ))}
    </ul>
  );
}
