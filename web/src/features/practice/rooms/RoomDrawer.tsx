import { Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useCan } from '@/shared/auth/session';
import forms from '@/shared/forms/forms.module.css';
import { RecordDrawer, WaitingDrawer } from '@/shared/forms/RecordDrawer';
import { useFields } from '@/shared/forms/useFields';
import { useRecordForm } from '@/shared/forms/useRecordForm';
import { useSave } from '@/shared/forms/useSave';
import { useLang } from '@/shared/i18n';
import { ArchiveButton } from '@/shared/ui/ArchiveButton';
import { ColourDot, ColourField } from '@/shared/ui/ColourField';
import type { Colour } from '@/shared/ui/colour';
import type { Location } from '../locations/api';
import { localName } from '@/shared/names';
import { type Room, type RoomKind, rooms } from './api';
import { changesOf, type Draft, draftOf, emptyDraft, issues, labels, newRoomOf } from './draft';
import { nextSort } from './order';
import { useRoomShelf } from './useRoomShelf';

type Props = {
  id?: string;
  listed?: Room | undefined;
  /** Where a new one is to be. */
  at?: string | undefined;
  locations: Location[];
  onClose: () => void;
};

export function RoomDrawer({ id, listed, ...rest }: Props) {
  if (!id) return <Editor key="new" {...rest} />;
  return <Loaded key={id} id={id} listed={listed} {...rest} />;
}

function Loaded({ id, listed, ...rest }: Props & { id: string }) {
  const { t } = useLang();
  const room = useQuery({ ...rooms.oneQuery(id), ...(listed ? { initialData: listed, initialDataUpdatedAt: 0 } : {}) });
  if (room.data) return <Editor loaded={room.data} {...rest} />;
  return <WaitingDrawer title={t('rooms.one')} error={room.error} lines={5} retry={() => void room.refetch()} onClose={rest.onClose} />;
}

const kinds: RoomKind[] = ['chair', 'room'];

function Editor({ loaded, at, locations, onClose }: Omit<Props, 'id' | 'listed'> & { loaded?: Room }) {
  const { t, lang } = useLang();
  const readOnly = !useCan()('rooms.write');
  const all = useQuery(rooms.listQuery);
  const only = locations.length === 1 ? locations[0]!.id : null;
  const record = useRecordForm<Room, Draft>({ loaded, empty: emptyDraft(at ?? only), draftOf, issues });
  const { base, form } = record;
  const { archive, restore } = useRoomShelf();
  const sites = locations.map((l) => ({ value: l.id, label: localName(l, lang) }));
  const { bind, wasMine } = useFields(record, labels, readOnly, (field, value) => {
    if (field === 'kind') return t(`rooms.kind.${value as RoomKind}`);
    if (field === 'colour') return t(`colour.${value as Colour}`);
    if (field === 'locationId') return sites.find((s) => s.value === value)?.label ?? '';
    return String(value);
  });

  const { save, busy } = useSave({
    base,
    create: rooms.useCreate(),
    change: rooms.useChange(),
    newOf: (draft: Draft) => newRoomOf(draft, nextSort((all.data ?? []).filter((r) => r.locationId === draft.locationId))),
    changesOf,
    created: t('rooms.created'),
    onClose,
  });

  return (
    <RecordDrawer
      record={record}
      loaded={loaded}
      labels={labels}
      title={
        base ? (
          <span className={forms.title}>
            <ColourDot colour={form.values.colour} />
            <bdi>{localName(base, lang)}</bdi>
          </span>
        ) : (
          t('rooms.new')
        )
      }
      name={t(base ? 'rooms.one' : 'rooms.new')}
      readOnly={readOnly ? t('form.readOnly') : undefined}
      busy={busy}
      save={save}
      create={t('rooms.create')}
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
      <div className={forms.two}>
        <Select {...bind('kind')} data={kinds.map((value) => ({ value, label: t(`rooms.kind.${value}`) }))} allowDeselect={false} />
        <Select {...bind('locationId')} data={sites} allowDeselect={false} />
      </div>
      <div>
        <ColourField value={form.values.colour} onChange={(colour) => form.setFieldValue('colour', colour)} readOnly={readOnly} />
        {wasMine('colour')}
      </div>
    </RecordDrawer>
  );
}
