import { ActionIcon, Autocomplete, Button, Checkbox, Select, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { IconPlus, IconStar, IconStarFilled, IconTrash } from '@tabler/icons-react';
import { useIntoLast } from '@/shared/forms/useIntoLast';
import { useLang } from '@/shared/i18n';
import { alertKinds, type Draft, emptyAlert, emptyEmail, emptyPhone, kinds, withPreferred } from './draft';
import classes from './PatientForm.module.css';
import { channels } from './person';

type Props = { form: UseFormReturnType<Draft>; readOnly: boolean };

const MOST = 10;

const contact = {
  phones: { one: 'patients.phone', kind: 'patients.phoneKind', part: 'number', add: 'patients.addPhone', label: 'patients.field.phones' },
  emails: { one: 'patients.email', kind: 'patients.emailKind', part: 'address', add: 'patients.addEmail', label: 'patients.field.emails' },
} as const;

/** Numbers or addresses, each with what it is for, and at most one that is used first. */
export function ContactRows({ form, field, readOnly }: Props & { field: 'phones' | 'emails' }) {
  const { t } = useLang();
  const { ref, go } = useIntoLast();
  const words = contact[field];
  const rows = form.values[field];
  const add = () => {
    form.insertListItem(field, field === 'phones' ? emptyPhone() : emptyEmail());
    go();
  };
  const prefer = (at: number) =>
    field === 'phones' ? form.setFieldValue('phones', withPreferred(form.values.phones, at)) : form.setFieldValue('emails', withPreferred(form.values.emails, at));
  return (
    <div className={classes.group} ref={ref} role="group" aria-label={t(words.label)}>
      <span className={classes.label} aria-hidden>
        {t(words.label)}
      </span>
      {rows.map((row, i) => {
        const what = t(words.one, { n: i + 1 });
        return (
          <div key={i} className={classes.row}>
            <TextInput
              {...form.getInputProps(`${field}.${i}.${words.part}`)}
              data-entry
              aria-label={what}
              readOnly={readOnly}
              type={field === 'phones' ? 'tel' : 'email'}
              inputMode={field === 'phones' ? 'tel' : 'email'}
              autoComplete="off"
              dir="ltr"
              className={`${classes.grow} ownDirection tnum`}
            />
            <Select
              {...form.getInputProps(`${field}.${i}.kind`)}
              aria-label={t(words.kind, { n: i + 1 })}
              readOnly={readOnly}
              allowDeselect={false}
              data={kinds.map((value) => ({ value, label: t(`patients.kind.${value}`) }))}
              className={classes.kind}
            />
            {rows.length > 1 || row.preferred ? (
              <ActionIcon
                variant="subtle"
                color={row.preferred ? 'brand' : 'gray'}
                size={36}
                disabled={readOnly}
                aria-pressed={row.preferred}
                aria-label={t('patients.prefer', { what })}
                title={t('patients.prefer', { what })}
                onClick={() => prefer(i)}
              >
                {row.preferred ? <IconStarFilled size={17} /> : <IconStar size={17} stroke={1.7} />}
              </ActionIcon>
            ) : null}
            {readOnly ? null : (
              <ActionIcon variant="subtle" color="gray" size={36} aria-label={t('patients.removeOne', { what })} onClick={() => form.removeListItem(field, i)}>
                <IconTrash size={17} stroke={1.7} />
              </ActionIcon>
            )}
          </div>
        );
      })}
      {readOnly || rows.length >= MOST ? null : (
        <Button variant="subtle" size="xs" className={classes.add ?? ''} leftSection={<IconPlus size={14} />} onClick={add}>
          {t(words.add)}
        </Button>
      )}
    </div>
  );
}

/** Allergies and the like. */
export function AlertRows({ form, readOnly }: Props) {
  const { t } = useLang();
  const { ref, go } = useIntoLast();
  const add = () => {
    form.insertListItem('alerts', emptyAlert());
    go();
  };
  return (
    <div className={classes.group} ref={ref}>
      <span className={classes.hint}>{t('patients.alertHint')}</span>
      {form.values.alerts.map((_, i) => {
        const n = i + 1;
        const what = t('patients.alert', { n });
        return (
          <div key={i} className={classes.alertRow}>
            <Select
              {...form.getInputProps(`alerts.${i}.kind`)}
              aria-label={t('patients.alertKind', { n })}
              readOnly={readOnly}
              allowDeselect={false}
              data={alertKinds.map((value) => ({ value, label: t(`patients.alert.${value}`) }))}
            />
            <TextInput {...form.getInputProps(`alerts.${i}.text`)} data-entry aria-label={what} readOnly={readOnly} autoComplete="off" maxLength={200} className="ownDirection" />
            <Checkbox
              {...form.getInputProps(`alerts.${i}.severe`, { type: 'checkbox' })}
              className={classes.severe ?? ''}
              label={t('patients.alert.severe')}
              aria-label={t('patients.alert.severeOne', { n })}
              disabled={readOnly}
            />
            {readOnly ? (
              <span />
            ) : (
              <ActionIcon variant="subtle" color="gray" size={36} aria-label={t('patients.removeOne', { what })} onClick={() => form.removeListItem('alerts', i)}>
                <IconTrash size={17} stroke={1.7} />
              </ActionIcon>
            )}
          </div>
        );
      })}
      {readOnly || form.values.alerts.length >= MOST ? null : (
        <Button variant="subtle" size="xs" className={classes.add ?? ''} leftSection={<IconPlus size={14} />} onClick={add}>
          {t('patients.addAlert')}
        </Button>
      )}
    </div>
  );
}

/** Not asked, agreed or refused, and how. */
export function ConsentRows({ form, readOnly }: Props) {
  const { t } = useLang();
  const ways = (['paper', 'phone', 'online', 'inPerson'] as const).map((way) => t(`patients.consent.${way}`));
  return (
    <div className={classes.group}>
      {channels.map((channel) => {
        const name = t(`patients.consent.${channel}`);
        return (
          <div key={channel} className={classes.consentRow}>
            <span className={classes.label}>{name}</span>
            <Select
              {...form.getInputProps(`consents.${channel}.asked`)}
              aria-label={name}
              readOnly={readOnly}
              allowDeselect={false}
              data={(['unasked', 'granted', 'refused'] as const).map((value) => ({ value, label: t(`patients.consent.${value}`) }))}
            />
            {form.values.consents[channel].asked === 'unasked' ? (
              <span />
            ) : (
              <Autocomplete
                {...form.getInputProps(`consents.${channel}.source`)}
                aria-label={t('patients.consent.sourceOf', { channel: name })}
                placeholder={t('patients.consent.source')}
                readOnly={readOnly}
                data={ways}
                maxLength={80}
                className="ownDirection"
              />
            )}
          </div>
        );
      })}
    </div>
  );
}
