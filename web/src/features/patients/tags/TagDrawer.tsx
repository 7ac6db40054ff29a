import { Button, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useCan } from '@/shared/auth/session';
import forms from '@/shared/forms/forms.module.css';
import { differing } from '@/shared/forms/merge';
import { RecordDrawer } from '@/shared/forms/RecordDrawer';
import { type Labels, useFields } from '@/shared/forms/useFields';
import { useRecordForm } from '@/shared/forms/useRecordForm';
import { useSave } from '@/shared/forms/useSave';
import { useLang } from '@/shared/i18n';
import type { Colour } from '@/shared/ui/colour';
import { ColourDot, ColourField } from '@/shared/ui/ColourField';
import { type Tag, tags } from '../api';

type Draft = { name: string; colour: Colour };
const labels: Labels<Draft> = { name: 'tags.name', colour: 'field.colour' };

const bodyOf = ({ name, colour }: Draft) => ({ name: name.trim(), colour });

type Props = { loaded?: Tag; onClose: () => void; onDelete?: (() => void) | undefined };

export function TagDrawer({ loaded, onClose, onDelete }: Props) {
  const { t } = useLang();
  const readOnly = !useCan()('patients.write');
  const record = useRecordForm<Tag, Draft>({
    loaded,
    empty: { name: '', colour: 'blue' },
    draftOf: ({ name, colour }) => ({ name, colour }),
    issues: ({ name }) => (name.trim() ? {} : { name: { id: 'field.required' } }),
  });
  const { base, form } = record;
  const { bind, wasMine } = useFields(record, labels, readOnly, (field, value) => (field === 'colour' ? t(`colour.${value as Colour}`) : String(value)));

  const { save, busy } = useSave({
    base,
    create: tags.useCreate(),
    change: tags.useChange(),
    newOf: bodyOf,
    changesOf: (draft: Draft, tag) => differing(bodyOf(draft), tag),
    created: t('tags.created'),
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
            <bdi>{base.name}</bdi>
          </span>
        ) : (
          t('tags.new')
        )
      }
      name={t(base ? 'tags.edit' : 'tags.new')}
      readOnly={readOnly ? t('form.readOnly') : undefined}
      busy={busy}
      save={save}
      create={t('tags.create')}
      onClose={onClose}
      aside={
        base && onDelete ? (
          <Button variant="subtle" color="red" leftSection={<IconTrash size={16} />} onClick={onDelete}>
            {t('tags.delete')}
          </Button>
        ) : null
      }
    >
      <TextInput {...bind('name')} className="ownDirection" maxLength={40} data-autofocus />
      <div>
        <ColourField value={form.values.colour} onChange={(colour) => form.setFieldValue('colour', colour)} readOnly={readOnly} />
        {wasMine('colour')}
      </div>
    </RecordDrawer>
  );
}
