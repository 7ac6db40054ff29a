import { Badge, Button, Skeleton } from '@mantine/core';
import { IconForms, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useCan } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { localName } from '@/shared/names';
import { Gate } from '@/shared/ui/Gate';
import lists from '@/shared/ui/ListPage.module.css';
import { Empty, Failed, PageHeader } from '@/shared/ui/Page';
import { ReorderList, RowNames } from '@/shared/ui/ReorderList';
import { useShortcuts } from '@/shared/ui/shortcuts';
import { StatusTabs } from '@/shared/ui/StatusTabs';
import { toast } from '@/shared/ui/toast';
import { type CustomField, customFields, useOrderFields } from './api';

const FieldDrawer = lazy(() => import('./FieldDrawer').then((m) => ({ default: m.FieldDrawer })));
const route = getRouteApi('/inside/settings/patient-fields');

export function FieldsPage() {
  return (
    <Gate title="fields.title" needs="patients.read">
      <Fields />
    </Gate>
  );
}

function Fields() {
  const { t } = useLang();
  const textOf = useErrorText();
  const canWrite = useCan()('patients.configure');
  const { shelf = 'active', ...search } = route.useSearch();
  const navigate = route.useNavigate();
  const list = useQuery(customFields.listQuery);
  const arrange = useOrderFields();
  const here = list.data?.filter((field) => !!field.archivedAt === (shelf === 'archived'));
  // what was asked for stands until the server has it
  const rows = arrange.isPending ? arrange.variables.flatMap((id) => here?.find((field) => field.id === id) ?? []) : here;
  const go = (next: { open?: string; new?: boolean }) => void navigate({ search: shelf === 'archived' ? { shelf, ...next } : next });
  const openNew = () => go({ new: true });
  useShortcuts(canWrite ? [{ key: 'n', label: 'fields.new', run: openNew }] : []);

  const newButton = canWrite ? (
    <Button leftSection={<IconPlus size={16} />} onClick={openNew}>
      {t('fields.new')}
    </Button>
  ) : null;
  const opened = list.data?.find((field) => field.id === search.open);

  return (
    <div className={lists.page}>
      <PageHeader title={t('fields.title')} sub={here ? t('fields.count', { count: here.length }) : <Skeleton h={14} w={90} mt={4} />} actions={newButton} />
      <StatusTabs value={shelf} label={t('list.views')} onChange={(next) => void navigate({ search: next === 'active' ? {} : { shelf: next } })}>
        {list.isError && !rows ? (
          <Failed error={list.error} retry={() => void list.refetch()} />
        ) : !rows ? (
          <Skeleton h={220} radius={0} />
        ) : rows.length ? (
          <FieldRows
            fields={rows}
            canWrite={canWrite && shelf === 'active'}
            onOpen={(field) => go({ open: field.id })}
            onOrder={(ids) => arrange.mutate(ids, { onError: (error) => toast.failed(textOf(error)) })}
          />
        ) : shelf === 'archived' ? (
          <Empty icon={<IconForms size={26} stroke={1.6} />} title={t('list.nothingArchived')} text={t('fields.emptyArchived')} />
        ) : (
          <Empty icon={<IconForms size={26} stroke={1.6} />} title={t('fields.empty')} text={t('fields.emptyText')} action={newButton ?? undefined} />
        )}
      </StatusTabs>
      <Suspense>
        {opened ? <FieldDrawer key={opened.id} loaded={opened} onClose={() => go({})} /> : search.new && canWrite ? <FieldDrawer onClose={() => go({})} /> : null}
      </Suspense>
    </div>
  );
}

type RowsProps = { fields: CustomField[]; canWrite: boolean; onOpen: (field: CustomField) => void; onOrder: (ids: string[]) => void };

function FieldRows({ fields, canWrite, onOpen, onOrder }: RowsProps) {
  const { t, lang } = useLang();
  const marks = ['required', 'listed', 'sensitive'] as const;
  return (
    <ReorderList rows={fields} label={t('fields.title')} canWrite={canWrite} nameOf={(field) => localName(field, lang)} onOpen={onOpen} onOrder={onOrder}>
      {(field) => (
        <>
          <RowNames name={localName(field, lang)} other={t(`fields.kind.${field.kind}`)} />
          {marks
            .filter((mark) => field[mark])
            .map((mark) => (
              <Badge key={mark} radius="sm" variant="light" color="gray" tt="none">
                {t(`fields.${mark}Mark`)}
              </Badge>
            ))}
        </>
      )}
    </ReorderList>
  );
}
