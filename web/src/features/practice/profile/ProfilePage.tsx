import { Alert, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useCan } from '@/shared/auth/session';
import { Conflict } from '@/shared/forms/Conflict';
import forms from '@/shared/forms/forms.module.css';
import { changedFields } from '@/shared/forms/merge';
import { useFields } from '@/shared/forms/useFields';
import { useRecordForm } from '@/shared/forms/useRecordForm';
import { useSubmit } from '@/shared/forms/useSubmit';
import { useLang } from '@/shared/i18n';
import { compareText, displayName } from '@/shared/i18n/format';
import { countries, currencies, timeZones } from '@/shared/places';
import { Gate } from '@/shared/ui/Gate';
import { Failed, PageHeader } from '@/shared/ui/Page';
import { SaveBar } from '@/shared/ui/SaveBar';
import { Section, Sections, SectionsWaiting } from '@/shared/ui/Sections';
import { toast } from '@/shared/ui/toast';
import { addressLine, addressOf, addressParts, type AddressDraft } from '@/shared/forms/address';
import { AddressFields } from '@/shared/forms/AddressFields';
import { type Practice, practiceQuery, useChangePractice } from './api';
import { changesOf, type Draft, draftOf, issues, labels } from './draft';
import { LogoField } from './LogoField';
import { SlugField } from './SlugField';

export function ProfilePage() {
  return (
    <Gate title="profile.title" needs="practice.read">
      <Profile />
    </Gate>
  );
}

function Profile() {
  const { t } = useLang();
  const practice = useQuery(practiceQuery);
  return (
    <>
      <PageHeader title={t('profile.title')} sub={t('profile.sub')} />
      {practice.data ? (
        <ProfileForm loaded={practice.data} />
      ) : practice.isError ? (
        <Failed error={practice.error} retry={() => void practice.refetch()} />
      ) : (
        <SectionsWaiting heights={[220, 320]} />
      )}
    </>
  );
}

function ProfileForm({ loaded }: { loaded: Practice }) {
  const { t, lang } = useLang();
  const readOnly = !useCan()('practice.write');
  const change = useChangePractice();
  const record = useRecordForm<Practice, Draft>({
    loaded,
    empty: draftOf(loaded),
    draftOf,
    issues,
    parts: addressParts.map((part) => `address.${part}`),
  });
  const { base = loaded, form, newer } = record;
  const save = async (draft: Draft) => {
    record.begin(await change.mutateAsync({ version: base.version, ...changesOf(draft, base) }));
    toast.done(t('form.saved'));
  };
  const { ref, refusal, forget, onSubmit } = useSubmit({ record, loaded, readOnly, busy: change.isPending, save });

  const inWords = (draft: AddressDraft) => {
    const address = addressOf(draft);
    return address ? addressLine(lang, address, base.country) : '';
  };
  const { bind, wasMine } = useFields(record, labels, readOnly, (field, value) => {
    if (field === 'address') return inWords(value as AddressDraft);
    if (field === 'language') return t(`lang.${value as Draft['language']}`);
    if (field === 'country') return displayName(lang, 'region', String(value));
    return String(value);
  });
  const named = (codes: string[], type: 'region' | 'currency') =>
    codes.map((value) => ({ value, label: `${displayName(lang, type, value)}${type === 'currency' ? ` (${value})` : ''}` })).sort((a, b) => compareText(lang, a.label, b.label));
  const choice = { searchable: !readOnly, allowDeselect: false, nothingFoundMessage: t('search.nothing'), limit: 300 } as const;
  const changed = newer ? changedFields(draftOf(base), draftOf(newer)).map((field) => t(labels[field])) : [];

  return (
    <form ref={ref} noValidate onSubmit={onSubmit} aria-label={t('profile.title')}>
      <Sections readOnly={readOnly}>
        {newer ? <Conflict fields={changed} changedAt={newer.updatedAt} onLoad={record.loadNewer} /> : null}
        {refusal ? (
          <Alert color="red" role="alert" py="xs">
            {refusal}
          </Alert>
        ) : null}
        <Section title="profile.names" text="profile.namesText">
          <TextInput {...bind('name')} className="ownDirection" autoComplete="organization" />
          <TextInput {...bind('legalName', t('profile.legalNameHint'))} className="ownDirection" />
          <TextInput {...bind('vatNumber', form.values.country === 'SA' ? t('profile.vatHint') : undefined)} className="ownDirection tnum" inputMode="numeric" maxLength={20} />
        </Section>
        <Section title="profile.logo" text="profile.logoText">
          <LogoField tag={loaded.logoTag} readOnly={readOnly} />
        </Section>
        <Section title="profile.contact" text="profile.contactText">
          <div className={forms.two}>
            <TextInput {...bind('phone', t('field.phoneHint'))} type="tel" inputMode="tel" autoComplete="tel" className="ownDirection" />
            <TextInput {...bind('email')} type="email" autoComplete="email" className="ownDirection" />
          </div>
          <AddressFields form={form} readOnly={readOnly} />
          {wasMine('address')}
        </Section>
        <Section title="profile.region" text="profile.regionText">
          <div className={forms.two}>
            <Select {...bind('language')} data={[{ value: 'en', label: t('lang.en') }, { value: 'ar', label: t('lang.ar') }]} allowDeselect={false} />
            <Select {...bind('country')} data={named(countries, 'region')} {...choice} />
          </div>
          <div className={forms.two}>
            <Select {...bind('timeZone')} data={timeZones} className="ownDirection" {...choice} limit={100} />
            <Select {...bind('currency')} data={named(currencies, 'currency')} {...choice} />
          </div>
        </Section>
        <Section title="profile.web" text="profile.webText">
          <SlugField bound={bind('slug')} now={base} readOnly={readOnly} onChange={(slug) => form.setFieldValue('slug', slug)} />
        </Section>
      </Sections>
      <SaveBar
        dirty={record.dirty && !readOnly}
        busy={change.isPending}
        blocked={!!newer}
        onDiscard={() => {
          forget();
          record.begin(newer ?? base);
        }}
      />
    </form>
  );
}
