import { Button, Select, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import forms from '@/shared/forms/forms.module.css';
import { RecordDrawer } from '@/shared/forms/RecordDrawer';
import { useFields } from '@/shared/forms/useFields';
import { useRecordForm } from '@/shared/forms/useRecordForm';
import { useSave } from '@/shared/forms/useSave';
import { useLang } from '@/shared/i18n';
import { formatDayShort } from '@/shared/i18n/format';
import { DateField } from '@/shared/ui/DateField';
import { phoneText } from '../person';
import { type Policy, useAddPolicy, useChangePolicy } from './api';
import { changesOf, type Draft, draftOf, emptyDraft, fieldsOf, issuesOf, labels, ranks } from './draft';
import { useRankText } from './marks';

type Props = { patient: string; loaded?: Policy; readOnly: boolean; onClose: () => void; onRemove?: () => void };

const OLDEST = '1950-01-01';

export function PolicyDrawer({ patient, loaded, readOnly, onClose, onRemove }: Props) {
  const { t, lang } = useLang();
  const rankText = useRankText();
  const record = useRecordForm<Policy, Draft>({ loaded, empty: emptyDraft, draftOf, issues: issuesOf });
  const { base, form } = record;

  const valueText = (field: string, value: unknown) => {
    if (value === null || value === undefined || value === '') return '';
    if (field === 'rank') return rankText(Number(value));
    if (field === 'validFrom' || field === 'validTo') return formatDayShort(lang, String(value));
    return field === 'holderPhone' ? phoneText(String(value)) : String(value);
  };
  const { bind } = useFields(record, labels, readOnly, valueText);
  const text = { autoComplete: 'off', className: 'ownDirection' } as const;
  const day = (field: 'validFrom' | 'validTo') => ({ ...bind(field), min: OLDEST, value: form.values[field], onChange: (value: string) => form.setFieldValue(field, value) });

  const { save, busy } = useSave({
    base,
    create: useAddPolicy(patient),
    change: useChangePolicy(),
    newOf: fieldsOf,
    changesOf,
    created: t('insurance.added'),
    onClose,
  });

  return (
    <RecordDrawer
      record={record}
      loaded={loaded}
      labels={labels}
      nowIn={(policy, field) => valueText(field, policy[field])}
      title={base ? <bdi>{base.payer}</bdi> : t('insurance.new')}
      name={t(base ? 'insurance.edit' : 'insurance.new')}
      readOnly={readOnly ? t('form.readOnly') : undefined}
      busy={busy}
      save={save}
      create={t('insurance.create')}
      onClose={onClose}
      aside={
        base && onRemove && !readOnly ? (
          <Button variant="subtle" color="red" leftSection={<IconTrash size={16} />} onClick={onRemove}>
            {t('action.remove')}
          </Button>
        ) : null
      }
    >
      <TextInput {...bind('payer')} {...text} maxLength={120} data-autofocus />
      <TextInput {...bind('plan')} {...text} maxLength={120} />
      <div className={forms.two}>
        <TextInput {...bind('memberId', base ? t('insurance.memberHint') : undefined)} {...text} className="ownDirection tnum" spellCheck={false} maxLength={60} />
        <TextInput {...bind('groupId')} {...text} className="ownDirection tnum" spellCheck={false} maxLength={60} />
      </div>
      <Select
        {...bind('rank')}
        placeholder={t('insurance.rank.last')}
        clearable={!base}
        allowDeselect={!base}
        data={ranks.map((rank) => ({ value: String(rank), label: rankText(rank) }))}
      />
      <div className={forms.two}>
        <DateField {...day('validFrom')} />
        <DateField {...day('validTo')} />
      </div>
      <TextInput {...bind('holderName', t('insurance.holderHint'))} {...text} maxLength={120} />
      <TextInput {...bind('holderPhone')} type="tel" inputMode="tel" autoComplete="off" dir="ltr" className="ownDirection tnum" maxLength={40} />
    </RecordDrawer>
  );
}
