import { Alert, SegmentedControl, Select, TextInput } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { useCan } from '@/shared/auth/session';
import forms from '@/shared/forms/forms.module.css';
import { RecordDrawer } from '@/shared/forms/RecordDrawer';
import { useFields } from '@/shared/forms/useFields';
import { useRecordForm } from '@/shared/forms/useRecordForm';
import { useSave } from '@/shared/forms/useSave';
import { useLang } from '@/shared/i18n';
import { ArchiveButton } from '@/shared/ui/ArchiveButton';
import { type Channel, type Template, useChangeTemplate, useCreateTemplate } from '../api';
import { changesOf, type Draft, draftOf, empty, issuesOf, labels, nameOf, newOf } from './draft';
import { useArchiveTemplate } from './TemplatesPage';
import { TextFields } from './TextFields';
import { Versions } from './Versions';

type Props = { loaded?: Template; onClose: () => void };

/** A template: for what it is, what it says in both languages, what that becomes, and what it said before. */
export function TemplateDrawer({ loaded, onClose }: Props) {
  const words = useLang();
  const { t } = words;
  const readOnly = !useCan()('messages.configure');
  const archive = useArchiveTemplate();
  const parts = ['texts.subjectEn', 'texts.textEn', 'texts.subjectAr', 'texts.textAr'];
  const record = useRecordForm<Template, Draft>({ loaded, empty, draftOf, issues: issuesOf, parts });
  const { base, form } = record;
  const shown = (field: keyof Draft & string, value: unknown) => (field === 'purpose' ? t(`messages.purpose.${value as Draft['purpose']}`) : String(value ?? ''));
  const { bind } = useFields(record, labels, readOnly, shown);
  const { save, busy } = useSave({ base, create: useCreateTemplate(), change: useChangeTemplate(), newOf, changesOf, created: t('messages.templates.created'), onClose });
  return (
    <RecordDrawer
      record={record}
      loaded={loaded}
      labels={labels}
      wide
      title={base ? <bdi>{nameOf(words, base)}</bdi> : t('messages.templates.new')}
      name={t(base ? 'messages.templates.edit' : 'messages.templates.new')}
      readOnly={readOnly ? t('form.readOnly') : undefined}
      busy={busy}
      save={save}
      create={t('messages.templates.create')}
      nowIn={(template, field) => shown(field, draftOf(template)[field])}
      onClose={onClose}
      aside={
        base ? (
          <ArchiveButton
            archived={!!base.archivedAt}
            onClick={() => {
              archive(base);
              onClose();
            }}
          />
        ) : null
      }
    >
      {base && !base.version && !readOnly ? (
        <Alert color="gray" variant="light" icon={<IconInfoCircle />} py="xs">
          {t('messages.templates.builtInText')}
        </Alert>
      ) : null}
      <div className={forms.pair}>
        <TextInput {...bind('name')} className="ownDirection" maxLength={80} data-autofocus={base ? undefined : true} />
        <Select {...bind('purpose')} allowDeselect={false} data={(['transactional', 'marketing'] as const).map((value) => ({ value, label: t(`messages.purpose.${value}`) }))} />
      </div>
      {base ? null : (
        <SegmentedControl
          aria-label={t('messages.channel')}
          value={form.values.channel}
          onChange={(next) => form.setFieldValue('channel', next as Channel)}
          data={(['sms', 'email'] as const).map((value) => ({ value, label: t(`messages.channel.${value}`) }))}
        />
      )}
      <TextFields record={record} readOnly={readOnly} bind={bind} />
      {base?.number ? <Versions template={base} onUse={readOnly ? undefined : (texts) => form.setValues(draftOf({ ...base, name: form.values.name, purpose: form.values.purpose, texts }))} /> : null}
    </RecordDrawer>
  );
}
