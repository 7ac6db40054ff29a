import { Select, Textarea, TextInput } from '@mantine/core';
import { useSession } from '@/shared/auth/session';
import { AddressFields } from '@/shared/forms/AddressFields';
import forms from '@/shared/forms/forms.module.css';
import { useFields } from '@/shared/forms/useFields';
import type { RecordForm } from '@/shared/forms/useRecordForm';
import { useLang } from '@/shared/i18n';
import { compareText, displayName, todayIn } from '@/shared/i18n/format';
import { countries } from '@/shared/places';
import { DateField } from '@/shared/ui/DateField';
import { AlertRows, ConsentRows, ContactRows } from './rows';
import type { Patient } from './api';
import { contactMethods, type Draft, fieldsOf, type Ground, labels, languages, sexes, statuses } from './draft';
import { CustomInputs } from './fields/CustomInputs';
import classes from './PatientForm.module.css';
import { Similar } from './Similar';
import { TagsField } from './tags/TagsField';
import { usePatientWords } from './words';

type Props = { record: RecordForm<Patient, Draft>; ground: Ground; readOnly: boolean };

/** The fields only; loading, saving and conflicts are the drawer's. */
export function PatientForm({ record, ground, readOnly }: Props) {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const { form } = record;
  const { valueText } = usePatientWords();
  // what I had entered is a draft: it is said as it would have been sent
  const { bind, wasMine } = useFields(record, labels, readOnly, (field, value) => valueText(field, fieldsOf({ ...form.values, [field]: value }, ground)[field]));
  const named = (type: 'region' | 'language', codes: string[]) =>
    codes.map((value) => ({ value, label: displayName(lang, type, value) })).sort((a, b) => compareText(lang, a.label, b.label));
  const tongues = form.values.language && !languages.includes(form.values.language) ? [...languages, form.values.language] : languages;
  const choose = { clearable: !readOnly, searchable: true, nothingFoundMessage: t('search.nothing') } as const;

  return (
    <>
      <fieldset className={classes.section}>
        <legend>{t('patients.section.name')}</legend>
        <div className={forms.two}>
          <TextInput {...bind('givenName')} className="ownDirection" autoComplete="off" maxLength={120} data-autofocus />
          <TextInput {...bind('familyName')} className="ownDirection" autoComplete="off" maxLength={120} />
        </div>
        {record.base ? null : <Similar draft={form.values} />}
        <div className={forms.two}>
          <TextInput {...bind('givenNameOther', t('patients.otherHint'))} className="ownDirection" autoComplete="off" maxLength={120} />
          <TextInput {...bind('familyNameOther')} className="ownDirection" autoComplete="off" maxLength={120} />
        </div>
      </fieldset>

      <fieldset className={classes.section}>
        <legend>{t('patients.section.contact')}</legend>
        <ContactRows form={form} field="phones" readOnly={readOnly} />
        {wasMine('phones')}
        <ContactRows form={form} field="emails" readOnly={readOnly} />
        {wasMine('emails')}
        <div className={forms.two}>
          <Select {...bind('contactMethod')} clearable={!readOnly} data={contactMethods.map((value) => ({ value, label: t(`patients.contact.${value}`) }))} />
          <Select {...bind('language')} {...choose} data={named('language', tongues)} />
        </div>
        <AddressFields form={form} readOnly={readOnly} />
        {wasMine('address')}
      </fieldset>

      <fieldset className={classes.section}>
        <legend>{t('patients.section.personal')}</legend>
        <div className={forms.two}>
          <DateField {...bind('birthDate')} value={form.values.birthDate} onChange={(day) => form.setFieldValue('birthDate', day)} min="1850-01-01" max={todayIn(timeZone, new Date())} autoComplete="off" hijri />
          <Select {...bind('sex')} data={sexes.map((value) => ({ value, label: t(`patients.sex.${value}`) }))} allowDeselect={false} />
        </div>
        <div className={forms.two}>
          <TextInput {...bind('nationalId')} className="ownDirection tnum" autoComplete="off" spellCheck={false} />
          <Select {...bind('nationality')} {...choose} data={named('region', countries)} limit={countries.length} />
        </div>
        <div className={forms.two}>
          <Select {...bind('status')} data={statuses.map((value) => ({ value, label: t(`patients.status.${value}`) }))} allowDeselect={false} />
          <TextInput {...bind('leadSource')} className="ownDirection" autoComplete="off" maxLength={80} />
        </div>
        <TagsField {...bind('tags')} readOnly={readOnly} />
      </fieldset>

      {ground.fields.length ? (
        <fieldset className={classes.section}>
          <legend>{t('patients.section.custom')}</legend>
          <CustomInputs fields={ground.fields} form={form} had={record.base?.custom} readOnly={readOnly} />
          {wasMine('custom')}
        </fieldset>
      ) : null}

      <fieldset className={classes.section}>
        <legend>{t('patients.section.alerts')}</legend>
        <AlertRows form={form} readOnly={readOnly} />
        {wasMine('alerts')}
      </fieldset>

      <fieldset className={classes.section}>
        <legend>{t('patients.section.consent')}</legend>
        <ConsentRows form={form} readOnly={readOnly} />
        {wasMine('consents')}
      </fieldset>

      <fieldset className={classes.section}>
        <legend>{t('patients.section.notes')}</legend>
        <Textarea {...bind('medicalHistory')} className="ownDirection" autosize minRows={2} maxRows={12} maxLength={10_000} />
        <Textarea {...bind('notes')} className="ownDirection" autosize minRows={2} maxRows={12} maxLength={10_000} />
      </fieldset>
    </>
  );
}
