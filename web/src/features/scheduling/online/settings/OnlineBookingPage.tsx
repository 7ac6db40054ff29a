import { Alert, Badge, Button, MultiSelect, SegmentedControl, Select, Skeleton, Switch, Textarea, TextInput } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useCan, useSession } from '@/shared/auth/session';
import { Conflict } from '@/shared/forms/Conflict';
import forms from '@/shared/forms/forms.module.css';
import { changedFields } from '@/shared/forms/merge';
import { useFields } from '@/shared/forms/useFields';
import { useRecordForm } from '@/shared/forms/useRecordForm';
import { useSubmit } from '@/shared/forms/useSubmit';
import { type MessageId, useLang } from '@/shared/i18n';
import { CopyButton, CopyField } from '@/shared/ui/CopyField';
import { Gate } from '@/shared/ui/Gate';
import { Failed, PageHeader } from '@/shared/ui/Page';
import { SaveBar } from '@/shared/ui/SaveBar';
import { Section, Sections, SectionsWaiting } from '@/shared/ui/Sections';
import { toast } from '@/shared/ui/toast';
import rules from '../../rules/Rules.module.css';
import { type Names, useNames } from '../../useNames';
import { addressQuery, type OnlineBooking, onlineQuery, type OnlineService, useDecide } from '../api';
import { added, type Draft, draftOf, issuesOf, labels, rulesOf, snippetOf } from './draft';
import classes from './Settings.module.css';

export function OnlineBookingPage() {
  return (
    <Gate title="nav.online" needs="appointments.read">
      <Loaded />
    </Gate>
  );
}

function Loaded() {
  const { t } = useLang();
  const online = useQuery(onlineQuery);
  const canWrite = useCan()('appointments.configure');
  return (
    <>
      <PageHeader title={t('nav.online')} sub={t('online.rules.sub')} />
      {online.data ? (
        <Sections readOnly={!canWrite}>
          <Where enabled={online.data.enabled} />
          <RulesForm loaded={online.data} readOnly={!canWrite} />
        </Sections>
      ) : online.error ? (
        <Failed error={online.error} retry={() => void online.refetch()} />
      ) : (
        <SectionsWaiting />
      )}
    </>
  );
}

/** Where the page is: to look at, to hand out, to put up. */
function Where({ enabled }: { enabled: boolean }) {
  const { t } = useLang();
  const place = useQuery(addressQuery).data;
  return (
    <Section title="online.rules.page" text="online.rules.pageText">
      <div>
        <Badge radius="sm">{t(enabled ? 'online.rules.isOn' : 'online.rules.isOff')}</Badge>
      </div>
      {place ? (
        <>
          <CopyField label={t('online.rules.address')} value={place.address} />
          <div className={classes.place}>
            <img className={classes.qr} src={`data:image/svg+xml,${encodeURIComponent(place.qrSvg)}`} alt={t('online.rules.qr')} />
            <div>
              <p>{t('online.rules.qrText')}</p>
              <Button component="a" href={place.address} target="_blank" rel="noreferrer" variant="default" leftSection={<IconExternalLink size={17} stroke={1.7} />} disabled={!enabled}>
                {t('online.rules.look')}
              </Button>
            </div>
          </div>
        </>
      ) : (
        <Skeleton h={120} />
      )}
    </Section>
  );
}

function RulesForm({ loaded, readOnly }: { loaded: OnlineBooking; readOnly: boolean }) {
  const { t } = useLang();
  const names = useNames();
  const decide = useDecide();
  const record = useRecordForm<OnlineBooking, Draft>({ loaded, empty: draftOf(loaded), draftOf, issues: issuesOf });
  const { base = loaded, form, newer } = record;
  const save = async (draft: Draft) => {
    record.begin(await decide.mutateAsync({ version: base.version, rules: rulesOf(draft) }));
    toast.done(t('form.saved'));
  };
  const { ref, refusal, forget, onSubmit } = useSubmit({ record, loaded, readOnly, busy: decide.isPending, save });
  const { bind } = useFields(record, labels, readOnly);
  const changed = newer ? changedFields(draftOf(base), draftOf(newer)).map((field) => t(labels[field])) : [];
  const asked = (field: 'email' | 'reason') => (
    <div>
      <div className={classes.label} id={`asked-${field}`}>
        {t(labels[field])}
      </div>
      <SegmentedControl fullWidth aria-labelledby={`asked-${field}`} readOnly={readOnly} value={form.values[field]} onChange={(to) => form.setFieldValue(field, to as Draft['email'])} data={(['no', 'optional', 'required'] as const).map((one) => ({ value: one, label: t(`online.rules.asked.${one}`) }))} />
    </div>
  );
  const turn = (field: 'enabled' | 'chooseProvider', text: MessageId) => (
    <Switch label={t(labels[field])} description={t(text)} checked={form.values[field]} disabled={readOnly} onChange={(event) => form.setFieldValue(field, event.currentTarget.checked)} />
  );
  return (
    <form ref={ref} noValidate onSubmit={onSubmit} aria-label={t('nav.online')} className={rules.form}>
      {newer ? <Conflict fields={changed} changedAt={newer.updatedAt ?? undefined} onLoad={record.loadNewer} /> : null}
      {refusal ? (
        <Alert color="red" role="alert" py="xs">
          {refusal}
        </Alert>
      ) : null}
      <Section title="online.rules.services" text="online.rules.servicesText">
        {turn('enabled', 'online.rules.enabledText')}
        <Services services={form.values.services} names={names} readOnly={readOnly} error={form.errors.services} onChange={(services) => form.setFieldValue('services', services)} />
      </Section>
      <Section title="online.rules.who" text="online.rules.whoText">
        {turn('chooseProvider', 'online.rules.chooseProviderText')}
        <MultiSelect {...bind('providerIds')} placeholder={form.values.providerIds.length ? '' : t('online.rules.everybody')} data={names.personChoices(null, null)} disabled={readOnly} searchable />
        <MultiSelect {...bind('locationIds')} placeholder={form.values.locationIds.length ? '' : t('online.rules.everywhere')} data={names.placeChoices} disabled={readOnly} />
      </Section>
      <Section title="online.rules.asks" text="online.rules.asksText">
        <div className={forms.pair}>
          {asked('email')}
          {asked('reason')}
        </div>
        <div className={forms.two}>
          <TextInput {...bind('mostOpen')} className="ownDirection tnum" inputMode="numeric" maxLength={2} />
        </div>
      </Section>
      <Section title="online.rules.embedding" text="online.rules.embeddingText">
        <Textarea {...bind('origins', t('online.rules.originsHint'))} dir="ltr" autosize minRows={2} maxRows={8} placeholder="https://clinic.example" />
        <Snippet />
      </Section>
      <SaveBar
        dirty={record.dirty && !readOnly}
        busy={decide.isPending}
        blocked={!!newer}
        onDiscard={() => {
          forget();
          record.begin(newer ?? base);
        }}
      />
    </form>
  );
}

function Snippet() {
  const { t } = useLang();
  const { practice } = useSession();
  const place = useQuery(addressQuery).data;
  if (!place) return <Skeleton h={90} />;
  const text = snippetOf(place.address, practice.name);
  return (
    <div className={classes.snippet}>
      <Textarea label={t('online.rules.snippet')} value={text} readOnly dir="ltr" autosize minRows={3} maxRows={6} classNames={{ input: classes.code ?? '' }} onFocus={(event) => event.currentTarget.select()} />
      <CopyButton text={text} />
    </div>
  );
}

type ServicesProps = { services: OnlineService[]; names: Names; readOnly: boolean; error: ReactNode; onChange: (services: OnlineService[]) => void };

/** What is online, in the order of the page; each with its address and what patients read about it. */
function Services({ services, names, readOnly, error, onChange }: ServicesProps) {
  const { t } = useLang();
  const [open, setOpen] = useState<string>();
  const left = names.serviceChoices.filter((one) => !services.some((online) => online.serviceId === one.value));
  const change = (id: string, to: Partial<OnlineService>) => onChange(services.map((one) => (one.serviceId === id ? { ...one, ...to } : one)));
  return (
    <>
      <ul className={classes.services} aria-label={t('online.rules.services')}>
        {services.map((one) => (
          <li key={one.serviceId}>
            <div className={classes.head}>
              <b>
                <bdi>{names.serviceName(one.serviceId)}</bdi>
              </b>
              <Button size="compact-sm" variant="subtle" aria-expanded={open === one.serviceId} onClick={() => setOpen(open === one.serviceId ? undefined : one.serviceId)}>
                {t(readOnly ? 'online.rules.show' : 'action.edit')}
              </Button>
              {readOnly ? null : (
                <Button size="compact-sm" variant="subtle" color="gray" onClick={() => onChange(services.filter((other) => other !== one))} aria-label={t('online.rules.removeOne', { name: names.serviceName(one.serviceId) })}>
                  {t('online.rules.remove')}
                </Button>
              )}
            </div>
            <small>{[`/${one.slug}`, t(one.newPatients ? 'online.rules.forAll' : 'online.rules.forKnown'), one.deposit ? t('online.deposit') : null].filter(Boolean).join(' · ')}</small>
            {open === one.serviceId ? (
              <div className={classes.fields}>
                <TextInput label={t('online.rules.slug')} dir="ltr" maxLength={60} readOnly={readOnly} value={one.slug} onChange={(event) => change(one.serviceId, { slug: event.currentTarget.value })} />
                <Textarea label={t('online.rules.textEn')} dir="ltr" maxLength={500} autosize minRows={2} readOnly={readOnly} value={one.textEn ?? ''} onChange={(event) => change(one.serviceId, { textEn: event.currentTarget.value })} />
                <Textarea label={t('online.rules.textAr')} dir="rtl" maxLength={500} autosize minRows={2} readOnly={readOnly} value={one.textAr ?? ''} onChange={(event) => change(one.serviceId, { textAr: event.currentTarget.value })} />
                <Switch label={t('online.rules.newPatients')} checked={one.newPatients} disabled={readOnly} onChange={(event) => change(one.serviceId, { newPatients: event.currentTarget.checked })} />
                <Switch label={t('online.rules.deposit')} checked={one.deposit} disabled={readOnly} onChange={(event) => change(one.serviceId, { deposit: event.currentTarget.checked })} />
              </div>
            ) : null}
          </li>
        ))}
      </ul>
      {services.length ? null : <p className={classes.none}>{t('online.rules.noServices')}</p>}
      {readOnly ? null : (
        <Select
          label={t('online.rules.add')}
          placeholder={t('online.rules.addHint')}
          data={left}
          value={null}
          searchable
          error={error}
          onChange={(id) => {
            const name = names.services?.find((one) => one.id === id)?.nameEn;
            if (id && name) onChange(added(services, id, name));
          }}
        />
      )}
    </>
  );
}
