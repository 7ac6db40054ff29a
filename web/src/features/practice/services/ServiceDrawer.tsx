import { useQuery } from '@tanstack/react-query';
import { useCan, useSession } from '@/shared/auth/session';
import forms from '@/shared/forms/forms.module.css';
import { RecordDrawer, WaitingDrawer } from '@/shared/forms/RecordDrawer';
import { useRecordForm } from '@/shared/forms/useRecordForm';
import { useSave } from '@/shared/forms/useSave';
import { useLang } from '@/shared/i18n';
import { ArchiveButton } from '@/shared/ui/ArchiveButton';
import { ColourDot } from '@/shared/ui/ColourField';
import { type Service, serviceQuery, useChangeService, useCreateService } from './api';
import { changesOf, type Draft, draftIssues, draftOf, emptyDraft, newServiceOf } from './draft';
import { fieldLabels, namesOf } from './labels';
import { ServiceForm } from './ServiceForm';
import { useArchive } from './useArchive';

type Props = {
  /** Missing: a new service. */
  id?: string | undefined;
  /** What the list knows already, so that the form is there at once. */
  listed?: Service | undefined;
  categories: string[];
  onClose: () => void;
};

export function ServiceDrawer({ id, listed, categories, onClose }: Props) {
  if (!id) return <Editor key="new" categories={categories} onClose={onClose} />;
  return <Loaded key={id} id={id} listed={listed} categories={categories} onClose={onClose} />;
}

function Loaded({ id, listed, ...rest }: Props & { id: string }) {
  const { t } = useLang();
  // the list's copy may be a moment old: show it, and ask again
  const service = useQuery({ ...serviceQuery(id), ...(listed ? { initialData: listed, initialDataUpdatedAt: 0 } : {}) });
  if (service.data) return <Editor loaded={service.data} {...rest} />;
  return <WaitingDrawer title={t('services.edit')} error={service.error} lines={10} retry={() => void service.refetch()} onClose={rest.onClose} />;
}

function Editor({ loaded, categories, onClose }: Omit<Props, 'id' | 'listed'> & { loaded?: Service }) {
  const { t, lang } = useLang();
  const { practice } = useSession();
  const readOnly = !useCan()('services.write');
  const currency = loaded?.price.currency ?? practice.currency;
  const record = useRecordForm<Service, Draft>({ loaded, empty: emptyDraft, draftOf, issues: (draft) => draftIssues(draft, currency) });
  const { base } = record;
  const { archive, restore } = useArchive();

  const { save, busy } = useSave({
    base,
    create: useCreateService(),
    change: useChangeService(),
    newOf: (draft: Draft) => newServiceOf(draft, currency),
    changesOf,
    created: t('services.created'),
    onClose,
  });

  return (
    <RecordDrawer
      record={record}
      loaded={loaded}
      labels={fieldLabels}
      title={
        base ? (
          <span className={forms.title}>
            <ColourDot colour={record.form.values.colour} />
            <bdi>{namesOf(base, lang).name}</bdi>
          </span>
        ) : (
          t('services.new')
        )
      }
      name={t(base ? 'services.edit' : 'services.new')}
      readOnly={readOnly ? t('services.readOnly') : undefined}
      busy={busy}
      save={save}
      create={t('services.create')}
      onClose={onClose}
      aside={
        base ? (
          <ArchiveButton
            archived={!!base.archivedAt}
            onClick={() => {
              (base.archivedAt ? restore : archive)(base);
              onClose();
            }}
          />
        ) : null
      }
    >
      <ServiceForm record={record} currency={currency} categories={categories} readOnly={readOnly} />
    </RecordDrawer>
  );
}
