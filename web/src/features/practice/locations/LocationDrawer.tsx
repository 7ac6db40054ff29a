import { Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { timeZones } from '@/shared/places';
import { useCan, useSession } from '@/shared/auth/session';
import { RecordDrawer, WaitingDrawer } from '@/shared/forms/RecordDrawer';
import { useFields } from '@/shared/forms/useFields';
import { useRecordForm } from '@/shared/forms/useRecordForm';
import { useSave } from '@/shared/forms/useSave';
import { useLang } from '@/shared/i18n';
import { addressLine, addressOf, addressParts, type AddressDraft } from '@/shared/forms/address';
import { AddressFields } from '@/shared/forms/AddressFields';
import { localName } from '@/shared/names';
import { ArchiveButton } from '@/shared/ui/ArchiveButton';
import { type Location, locations } from './api';
import { changesOf, type Draft, draftOf, emptyDraft, issues, labels, newLocationOf } from './draft';
import { useLocationShelf } from './useLocationShelf';

type Props = { id?: string; listed?: Location | undefined; onClose: () => void };

export function LocationDrawer({ id, listed, onClose }: Props) {
  if (!id) return <Editor key="new" onClose={onClose} />;
  return <Loaded key={id} id={id} listed={listed} onClose={onClose} />;
}

function Loaded({ id, listed, onClose }: Props & { id: string }) {
  const { t } = useLang();
  const location = useQuery({ ...locations.oneQuery(id), ...(listed ? { initialData: listed, initialDataUpdatedAt: 0 } : {}) });
  if (location.data) return <Editor loaded={location.data} onClose={onClose} />;
  return <WaitingDrawer title={t('locations.one')} error={location.error} lines={7} retry={() => void location.refetch()} onClose={onClose} />;
}

function Editor({ loaded, onClose }: { loaded?: Location; onClose: () => void }) {
  const { t, lang } = useLang();
  const { practice } = useSession();
  const readOnly = !useCan()('practice.write');
  const record = useRecordForm<Location, Draft>({
    loaded,
    empty: emptyDraft(practice.country),
    draftOf: (location) => draftOf(location, practice.country),
    issues,
    parts: addressParts.map((part) => `address.${part}`),
  });
  const { base } = record;
  const { archive, restore } = useLocationShelf();
  const inWords = (draft: AddressDraft) => {
    const address = addressOf(draft);
    return address ? addressLine(lang, address, practice.country) : '';
  };
  const { bind, wasMine } = useFields(record, labels, readOnly, (field, value) => (field === 'address' ? inWords(value as AddressDraft) : String(value ?? '')));

  const { save, busy } = useSave({
    base,
    create: locations.useCreate(),
    change: locations.useChange(),
    newOf: newLocationOf,
    changesOf,
    created: t('locations.created'),
    onClose,
  });

  return (
    <RecordDrawer
      record={record}
      loaded={loaded}
      labels={labels}
      title={base ? <bdi>{localName(base, lang)}</bdi> : t('locations.new')}
      name={t(base ? 'locations.one' : 'locations.new')}
      readOnly={readOnly ? t('form.readOnly') : undefined}
      busy={busy}
      save={save}
      create={t('locations.create')}
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
      <TextInput {...bind('name')} lang="en" className="ownDirection" data-autofocus />
      <TextInput {...bind('nameAr')} lang="ar" className="ownDirection" />
      <TextInput {...bind('phone', t('field.phoneHint'))} type="tel" inputMode="tel" autoComplete="tel" className="ownDirection" />
      <AddressFields form={record.form} readOnly={readOnly} />
      {wasMine('address')}
      <Select
        {...bind('timeZone', t('locations.zoneHint'))}
        data={timeZones}
        className="ownDirection"
        placeholder={t('locations.zonePractice')}
        searchable
        clearable={!readOnly}
        limit={100}
        nothingFoundMessage={t('search.nothing')}
      />
    </RecordDrawer>
  );
}
