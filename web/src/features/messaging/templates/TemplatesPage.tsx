import { Button, Menu, Skeleton } from '@mantine/core';
import { IconArchive, IconArchiveOff, IconMail, IconMessage2, IconPlus, IconTemplate } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useCan } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { DataList } from '@/shared/ui/DataList';
import { Gate } from '@/shared/ui/Gate';
import lists from '@/shared/ui/ListPage.module.css';
import { Empty, Failed, PageHeader } from '@/shared/ui/Page';
import { useShortcuts } from '@/shared/ui/shortcuts';
import { StatusTabs } from '@/shared/ui/StatusTabs';
import { useUndoable } from '@/shared/ui/useUndoable';
import { type Template, templatesQuery, useSetTemplateArchived } from '../api';
import { directionOf } from '../direction';
import { nameOf } from './draft';
import classes from './Templates.module.css';

const TemplateDrawer = lazy(() => import('./TemplateDrawer').then((m) => ({ default: m.TemplateDrawer })));
const route = getRouteApi('/inside/settings/message-templates');
const icons = { sms: IconMessage2, email: IconMail };

export function TemplatesPage() {
  return (
    <Gate title="messages.templates" needs="messages.read">
      <Templates />
    </Gate>
  );
}

/** Puts a template away, or takes it out again, with a way back. */
export function useArchiveTemplate() {
  const words = useLang();
  const { t } = words;
  const set = useSetTemplateArchived();
  const undoable = useUndoable();
  return (template: Template) => {
    const archived = !template.archivedAt;
    void undoable(
      () => set.mutateAsync({ id: template.id, version: template.version, archived }),
      t(archived ? 'list.archivedOne' : 'list.restoredOne', { name: nameOf(words, template) }),
      (now) => set.mutateAsync({ id: now.id, version: now.version, archived: !archived }),
    );
  };
}

function Templates() {
  const words = useLang();
  const { t, lang } = words;
  const canWrite = useCan()('messages.configure');
  const { shelf = 'active', ...search } = route.useSearch();
  const navigate = route.useNavigate();
  const list = useQuery(templatesQuery);
  const archive = useArchiveTemplate();
  const rows = list.data?.filter((template) => !!template.archivedAt === (shelf === 'archived'));
  const go = (next: { open?: string; new?: boolean }) => void navigate({ search: shelf === 'archived' ? { shelf, ...next } : next });
  useShortcuts(canWrite ? [{ key: 'n', label: 'messages.templates.new', run: () => go({ new: true }) }] : []);
  const newButton = canWrite ? (
    <Button leftSection={<IconPlus size={16} />} onClick={() => go({ new: true })}>
      {t('messages.templates.new')}
    </Button>
  ) : undefined;
  const opened = list.data?.find((template) => template.id === search.open);
  const first = ({ texts }: Template) => (lang === 'ar' ? (texts.subjectAr ?? texts.textAr) : (texts.subjectEn ?? texts.textEn)).replace(/\s+/g, ' ');
  return (
    <div className={lists.page}>
      <PageHeader title={t('messages.templates')} sub={t('messages.templates.sub')} actions={newButton} />
      <StatusTabs value={shelf} label={t('list.views')} onChange={(next) => void navigate({ search: next === 'active' ? {} : { shelf: next } })}>
        {list.isError && !rows ? (
          <Failed error={list.error} retry={() => void list.refetch()} />
        ) : !rows ? (
          <Skeleton h={320} radius={0} />
        ) : rows.length ? (
          <DataList
            rows={rows}
            keyOf={(template) => template.id}
            label={t('messages.templates')}
            nameLabel={t('messages.templates.name')}
            nameOf={(template) => ({ name: nameOf(words, template) })}
            lead={(template) => {
              const Icon = icons[template.channel];
              return <Icon size={18} stroke={1.7} className={classes.channel} role="img" aria-label={t(`messages.channel.${template.channel}`)} />;
            }}
            columns={[
              {
                label: t('messages.templates.text'),
                cell: (template) => (
                  <span className={classes.line}>
                    <bdi className="cut" dir={directionOf(first(template), lang)}>
                      {first(template)}
                    </bdi>
                  </span>
                ),
              },
              { label: t('messages.purpose'), cell: (template) => t(`messages.purpose.${template.purpose}`) },
              { label: t('messages.templates.own'), cell: (template) => (template.version ? t('messages.templates.version', { number: template.number }) : <span className={classes.dim}>{t('messages.templates.builtIn')}</span>) },
            ]}
            details={(template) => [t(`messages.channel.${template.channel}`), t(`messages.purpose.${template.purpose}`)].join(' · ')}
            onOpen={(template) => go({ open: template.id })}
            menu={
              canWrite
                ? (template) => (
                    <Menu.Item leftSection={template.archivedAt ? <IconArchiveOff size={16} /> : <IconArchive size={16} />} onClick={() => archive(template)}>
                      {t(template.archivedAt ? 'action.restore' : 'action.archive')}
                    </Menu.Item>
                  )
                : undefined
            }
          />
        ) : (
          <Empty icon={<IconTemplate size={26} stroke={1.6} />} title={t(shelf === 'archived' ? 'list.nothingArchived' : 'messages.templates.empty')} text={t(shelf === 'archived' ? 'messages.templates.emptyArchived' : 'messages.templates.emptyText')} action={shelf === 'archived' ? undefined : newButton} />
        )}
      </StatusTabs>
      <Suspense>
        {opened ? <TemplateDrawer key={opened.id} loaded={opened} onClose={() => go({})} /> : search.new && canWrite ? <TemplateDrawer onClose={() => go({})} /> : null}
      </Suspense>
    </div>
  );
}
