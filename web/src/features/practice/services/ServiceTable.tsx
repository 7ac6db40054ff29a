import { ActionIcon, Badge, Menu, Skeleton, Table, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { IconArchive, IconArchiveOff, IconArrowDown, IconArrowUp, IconDots, IconPencil } from '@tabler/icons-react';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDate } from '@/shared/i18n/format';
import { showMoney } from '@/shared/i18n/money';
import type { Service } from './api';
import { ColourDot } from '@/shared/ui/ColourField';
import { namesOf } from './labels';
import classes from '@/shared/ui/List.module.css';
import { onRowKeys } from '@/shared/ui/rowKeys';
import { nextSort, type Sort } from './search';
import { useArchive } from './useArchive';

const SKELETONS = 8;
const COLUMNS = 8;

type Props = {
  /** Missing while the first page is on its way. */
  items: Service[] | undefined;
  sort: Sort;
  onSort: (sort: Sort) => void;
  onOpen: (service: Service) => void;
  canWrite: boolean;
};

export function ServiceTable({ items, sort, onSort, onOpen, canWrite }: Props) {
  const { t, lang } = useLang();
  const { practice } = useSession();
  const { archive, restore } = useArchive();

  const sortable = (column: 'name' | 'price' | 'duration' | 'updatedAt', label: string, end = false) => {
    const on = sort === column || sort === `-${column}`;
    const down = sort === `-${column}`;
    const Icon = down ? IconArrowDown : IconArrowUp;
    return (
      <Table.Th ta={end ? 'end' : undefined} aria-sort={on ? (down ? 'descending' : 'ascending') : 'none'}>
        <UnstyledButton className={classes.sort} data-on={on || undefined} onClick={() => onSort(nextSort(column, sort))}>
          {end ? null : label}
          <Icon size={13} stroke={2} aria-hidden />
          {end ? label : null}
        </UnstyledButton>
      </Table.Th>
    );
  };

  return (
    <Table.ScrollContainer
      minWidth={900}
      scrollAreaProps={{ viewportProps: { tabIndex: 0, 'aria-label': t('services.title'), role: 'region' } }}
    >
      <Table verticalSpacing={8} horizontalSpacing={16} highlightOnHover className={classes.table} aria-busy={!items}>
        <Table.Thead>
          <Table.Tr>
            {sortable('name', t('services.col.name'))}
            <Table.Th>{t('services.field.code')}</Table.Th>
            <Table.Th>{t('services.field.category')}</Table.Th>
            {sortable('duration', t('services.field.duration'))}
            <Table.Th>{t('services.field.vat')}</Table.Th>
            {sortable('updatedAt', t('services.col.updated'))}
            {sortable('price', t('services.field.price'), true)}
            <Table.Th w={56}>
              <VisuallyHidden>{t('services.col.actions')}</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody onKeyDown={onRowKeys}>
          {items
            ? items.map((s) => {
                const { name, other } = namesOf(s, lang);
                const buffer = s.bufferBeforeMinutes + s.bufferAfterMinutes;
                return (
                  <Table.Tr key={s.id} onClick={() => onOpen(s)}>
                    <Table.Td>
                      <div className={classes.nameCell}>
                        <ColourDot colour={s.colour} />
                        <div className={classes.names}>
                          <UnstyledButton
                            data-row
                            className={classes.name}
                            onClick={(e) => {
                              e.stopPropagation();
                              onOpen(s);
                            }}
                          >
                            <bdi className="cut">{name}</bdi>
                          </UnstyledButton>
                          {other ? (
                            <span className={classes.other}>
                              <bdi className="cut" lang={lang === 'ar' ? 'en' : 'ar'}>{other}</bdi>
                            </span>
                          ) : null}
                        </div>
                        {s.archivedAt ? (
                          <Badge radius="sm" className={classes.badge}>
                            {t('services.status.archived')}
                          </Badge>
                        ) : null}
                      </div>
                    </Table.Td>
                    <Table.Td>{s.code ? <bdi className="ltr">{s.code}</bdi> : <Dash />}</Table.Td>
                    <Table.Td>{s.category ? <bdi>{s.category}</bdi> : <Dash />}</Table.Td>
                    <Table.Td className="tnum">
                      {t('unit.minutes', { count: s.durationMinutes })}
                      {buffer ? <span className={classes.other}>{t('services.buffers', { count: buffer })}</span> : null}
                    </Table.Td>
                    <Table.Td>{t(`vat.${s.vatCategory}`)}</Table.Td>
                    <Table.Td className="tnum">{formatDate(lang, practice.timeZone, s.updatedAt)}</Table.Td>
                    <Table.Td ta="end" className={`tnum ${classes.price}`}>
                      <bdi>{showMoney(lang, s.price)}</bdi>
                    </Table.Td>
                    <Table.Td onClick={(e) => e.stopPropagation()}>
                      <RowMenu service={s} name={name} canWrite={canWrite} onOpen={onOpen} onArchive={archive} onRestore={restore} />
                    </Table.Td>
                  </Table.Tr>
                );
              })
            : Array.from({ length: SKELETONS }, (_, i) => (
                <Table.Tr key={i}>
                  <Table.Td colSpan={COLUMNS}>
                    <Skeleton h={26} />
                  </Table.Td>
                </Table.Tr>
              ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

type RowMenuProps = {
  service: Service;
  name: string;
  canWrite: boolean;
  onOpen: (s: Service) => void;
  onArchive: (s: Service) => void;
  onRestore: (s: Service) => void;
};

function RowMenu({ service, name, canWrite, onOpen, onArchive, onRestore }: RowMenuProps) {
  const { t } = useLang();
  if (!canWrite) return null;
  return (
    <Menu position="bottom-end" width={170}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={32} aria-label={t('services.rowActions', { name })}>
          <IconDots size={18} stroke={1.7} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => onOpen(service)}>
          {t('action.edit')}
        </Menu.Item>
        {service.archivedAt ? (
          <Menu.Item leftSection={<IconArchiveOff size={16} />} onClick={() => onRestore(service)}>
            {t('services.restore')}
          </Menu.Item>
        ) : (
          <Menu.Item leftSection={<IconArchive size={16} />} onClick={() => onArchive(service)}>
            {t('services.archive')}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

const Dash = () => <span className={classes.dim}>–</span>;
