import { Button, Menu, Skeleton } from '@mantine/core';
import { IconFilter, IconPencil, IconPlus, IconTags, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useCan } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { ColourDot } from '@/shared/ui/ColourField';
import { DataList } from '@/shared/ui/DataList';
import { Gate } from '@/shared/ui/Gate';
import lists from '@/shared/ui/ListPage.module.css';
import { Empty, Failed, PageHeader } from '@/shared/ui/Page';
import { useShortcuts } from '@/shared/ui/shortcuts';
import { type Tag, tags } from '../api';
import classes from '../Patients.module.css';
import { DeleteTag } from './DeleteTag';

const TagDrawer = lazy(() => import('./TagDrawer').then((m) => ({ default: m.TagDrawer })));
const route = getRouteApi('/inside/settings/tags');

export function TagsPage() {
  return (
    <Gate title="tags.title" needs="patients.read">
      <Tags />
    </Gate>
  );
}

function Tags() {
  const { t } = useLang();
  const can = useCan();
  const canWrite = can('patients.write');
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const list = useQuery(tags.listQuery);
  const [leaving, setLeaving] = useState<Tag>();
  const open = (tag: Tag) => void navigate({ search: { open: tag.id } });
  const openNew = () => void navigate({ search: { new: true } });
  const close = () => void navigate({ search: {} });
  useShortcuts(canWrite ? [{ key: 'n', label: 'tags.new', run: openNew }] : []);

  const newButton = canWrite ? (
    <Button leftSection={<IconPlus size={16} />} onClick={openNew}>
      {t('tags.new')}
    </Button>
  ) : null;
  const opened = list.data?.find((tag) => tag.id === search.open);

  return (
    <div className={lists.page}>
      <PageHeader title={t('tags.title')} sub={list.data ? t('tags.count', { count: list.data.length }) : <Skeleton h={14} w={90} mt={4} />} actions={newButton} />
      <div className={classes.page}>
        <div className={lists.card}>
          {list.isError && !list.data ? (
            <Failed error={list.error} retry={() => void list.refetch()} />
          ) : list.data?.length === 0 ? (
            <Empty icon={<IconTags size={26} stroke={1.6} />} title={t('tags.empty')} text={t('tags.emptyText')} action={newButton ?? undefined} />
          ) : (
            <DataList
              rows={list.data}
              keyOf={(tag) => tag.id}
              label={t('tags.title')}
              nameLabel={t('tags.one')}
              nameOf={(tag) => ({ name: tag.name })}
              lead={(tag) => <ColourDot colour={tag.colour} />}
              columns={[
                { label: t('field.colour'), cell: (tag) => t(`colour.${tag.colour}`) },
                { label: t('tags.on'), cell: (tag) => <span className="tnum">{t('tags.onPatients', { count: tag.patients })}</span> },
              ]}
              details={(tag) => t('tags.onPatients', { count: tag.patients })}
              onOpen={open}
              menu={(tag) => (
                <>
                  <Menu.Item leftSection={<IconFilter size={16} />} onClick={() => void navigate({ to: '/patients', search: { view: 'all', tags: [tag.id] } })}>
                    {t('tags.show')}
                  </Menu.Item>
                  {canWrite ? (
                    <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => open(tag)}>
                      {t('action.edit')}
                    </Menu.Item>
                  ) : null}
                  {can('patients.delete') ? (
                    <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => setLeaving(tag)}>
                      {t('tags.delete')}
                    </Menu.Item>
                  ) : null}
                </>
              )}
            />
          )}
        </div>
      </div>
      <Suspense>
        {opened ? (
          <TagDrawer key={opened.id} loaded={opened} onClose={close} onDelete={can('patients.delete') ? () => setLeaving(opened) : undefined} />
        ) : search.new && canWrite ? (
          <TagDrawer onClose={close} />
        ) : null}
      </Suspense>
      {leaving ? (
        <DeleteTag
          tag={leaving}
          onClose={() => {
            setLeaving(undefined);
            close();
          }}
        />
      ) : null}
    </div>
  );
}
