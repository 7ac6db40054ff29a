import { Button, MultiSelect, SegmentedControl, Select, Switch, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { locations } from '@/features/practice/locations/api';
import { serviceNamesQuery } from '@/features/practice/providers/api';
import { namesOf } from '@/features/practice/services/labels';
import { useCan } from '@/shared/auth/session';
import { RecordDrawer } from '@/shared/forms/RecordDrawer';
import { useFields } from '@/shared/forms/useFields';
import { useRecordForm } from '@/shared/forms/useRecordForm';
import { useSave } from '@/shared/forms/useSave';
import { useLang } from '@/shared/i18n';
import { digitsOf } from '@/shared/i18n/digits';
import { useErrorText } from '@/shared/i18n/errors';
import { localName } from '@/shared/names';
import { toast } from '@/shared/ui/toast';
import { type Channel, templatesQuery } from '../api';
import { nameOf } from '../templates/draft';
import { type Rule, rules, useArchiveRule } from './api';
import { changesOf, type Draft, draftOf, empty, issuesOf, labels, leadText, newOf, type Unit, units } from './rule';
import classes from './Settings.module.css';

type Props = { loaded?: Rule; onClose: () => void };

/** A reminder: how long before, by what, for which visits. */
export function RuleDrawer({ loaded, onClose }: Props) {
  const { t } = useLang();
  const readOnly = !useCan()('messages.configure');
  const record = useRecordForm<Rule, Draft>({ loaded, empty, draftOf, issues: issuesOf, parts: ['rule.name', 'rule.templateId', 'rule.offsetMinutes'] });
  const { base } = record;
  const { save, busy } = useSave({ base, create: rules.useCreate(), change: rules.useChange(), newOf, changesOf, created: t('messages.rules.created'), onClose });
  return (
    <RecordDrawer
      record={record}
      loaded={loaded}
      labels={labels}
      title={base ? <bdi>{base.name}</bdi> : t('messages.rules.new')}
      name={t(base ? 'messages.rules.edit' : 'messages.rules.new')}
      readOnly={readOnly ? t('form.readOnly') : undefined}
      busy={busy}
      save={save}
      create={t('messages.rules.create')}
      onClose={onClose}
      aside={base ? <Remove rule={base} onClose={onClose} /> : null}
    >
      <Fields record={record} readOnly={readOnly} />
    </RecordDrawer>
  );
}

function Fields({ record, readOnly }: { record: ReturnType<typeof useRecordForm<Rule, Draft>>; readOnly: boolean }) {
  const words = useLang();
  const { t, lang } = words;
  const can = useCan();
  const { form } = record;
  const { values } = form;
  const { bind } = useFields(record, labels, readOnly);
  const services = useQuery({ ...serviceNamesQuery, enabled: can('services.read') }).data ?? [];
  const places = useQuery({ ...locations.listQuery, enabled: can('practice.read') }).data ?? [];
  const templates = (useQuery(templatesQuery).data ?? []).filter((one) => one.channel === values.channel && (!one.archivedAt || one.id === values.templateId));
  const error = (field: string) => form.errors[field] ?? form.errors[`rule.${field}`];
  return (
    <>
      <TextInput {...bind('name')} className="ownDirection" maxLength={80} data-autofocus error={error('name')} />
      <fieldset className={classes.before}>
        <legend>{t('messages.rules.before')}</legend>
        <div className={classes.lead}>
          <TextInput
            {...bind('amount')}
            className="ownDirection tnum"
            inputMode="numeric"
            maxLength={5}
            value={values.amount || ''}
            error={error('amount') ?? error('offsetMinutes')}
            onChange={(event) => form.setFieldValue('amount', Number(digitsOf(event.currentTarget.value)))}
          />
          <Select
            label={t('messages.rules.unit')}
            allowDeselect={false}
            readOnly={readOnly}
            data={(Object.keys(units) as Unit[]).map((value) => ({ value, label: t(`messages.rules.unit.${value}`) }))}
            value={values.unit}
            onChange={(next) => next && form.setFieldValue('unit', next as Unit)}
          />
        </div>
        {values.amount > 0 ? <p className={classes.hint}>{leadText(t, values.amount * units[values.unit])}</p> : null}
      </fieldset>
      <SegmentedControl
        aria-label={t('messages.channel')}
        disabled={readOnly}
        value={values.channel}
        onChange={(next) => form.setValues({ channel: next as Channel, templateId: null })}
        data={(['sms', 'email'] as const).map((value) => ({ value, label: t(`messages.channel.${value}`) }))}
      />
      <Select {...bind('templateId')} searchable allowDeselect={false} data={templates.map((one) => ({ value: one.id, label: nameOf(words, one) }))} error={error('templateId')} nothingFoundMessage={t('search.nothing')} />
      <MultiSelect
        {...bind('serviceIds')}
        placeholder={values.serviceIds.length ? '' : t('messages.rules.allServices')}
        searchable
        clearable
        hidePickedOptions
        data={services.map((one) => ({ value: one.id, label: namesOf(one, lang).name }))}
        nothingFoundMessage={t('search.nothing')}
      />
      {places.length > 1 ? (
        <MultiSelect
          {...bind('locationIds')}
          placeholder={values.locationIds.length ? '' : t('messages.rules.allLocations')}
          clearable
          hidePickedOptions
          data={places.filter((one) => !one.archivedAt || values.locationIds.includes(one.id)).map((one) => ({ value: one.id, label: localName(one, lang) }))}
        />
      ) : null}
      <Switch label={t('messages.rules.skipConfirmed')} checked={values.skipConfirmed} disabled={readOnly} onChange={(event) => form.setFieldValue('skipConfirmed', event.currentTarget.checked)} />
      <Switch label={t('messages.rules.enabled')} checked={values.enabled} disabled={readOnly} onChange={(event) => form.setFieldValue('enabled', event.currentTarget.checked)} />
    </>
  );
}

/** Given up for good, with what waits to be sent by it. */
function Remove({ rule, onClose }: { rule: Rule; onClose: () => void }) {
  const { t } = useLang();
  const textOf = useErrorText();
  const archive = useArchiveRule();
  const remove = () =>
    archive.mutateAsync({ id: rule.id, version: rule.version }).then(
      () => {
        toast.done(t('messages.rules.removed'));
        onClose();
      },
      (error) => toast.failed(textOf(error)),
    );
  return (
    <Button variant="subtle" color="red" leftSection={<IconTrash size={16} />} loading={archive.isPending} onClick={() => void remove()}>
      {t('action.remove')}
    </Button>
  );
}
