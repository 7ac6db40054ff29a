import { Select, TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useLang } from '@/shared/i18n';
import { compareText, displayName } from '@/shared/i18n/format';
import { PasswordField } from '@/shared/ui/PasswordField';
import classes from '../Outside.module.css';
import { countries, currencies, timeZones, usualFor } from '@/shared/places';
import { suggestSlug } from '@/shared/slug';
import type { SignUpForm } from './steps';

type Props = { form: SignUpForm };
const below = ['label', 'input', 'description', 'error'] as ('label' | 'input' | 'description' | 'error')[];
/** Long lists are searched, not scrolled. */
const SHOWN = 80;

export function PracticeFields({ form }: Props) {
  const { t } = useLang();
  const [ownSlug, setOwnSlug] = useState(() => form.values.slug !== suggestSlug(form.values.practiceName));
  return (
    <>
      <TextInput
        label={t('identity.practiceName')}
        autoComplete="organization"
        {...form.getInputProps('practiceName')}
        onChange={(e) => {
          form.setFieldValue('practiceName', e.currentTarget.value);
          if (!ownSlug) form.setFieldValue('slug', suggestSlug(e.currentTarget.value));
        }}
      />
      <TextInput
        label={t('identity.slug')}
        description={t('signUp.slugHint')}
        inputWrapperOrder={below}
        className="ownDirection"
        autoCapitalize="none"
        spellCheck={false}
        {...form.getInputProps('slug')}
        onChange={(e) => {
          setOwnSlug(e.currentTarget.value !== '');
          form.setFieldValue('slug', e.currentTarget.value.toLowerCase());
        }}
      />
    </>
  );
}

export function PlaceFields({ form }: Props) {
  const { t, lang } = useLang();
  const named = useMemo(
    () => ({
      countries: countries.map((value) => ({ value, label: displayName(lang, 'region', value) })).sort((a, b) => compareText(lang, a.label, b.label)),
      currencies: currencies.map((value) => ({ value, label: `${value} · ${displayName(lang, 'currency', value)}` })),
    }),
    [lang],
  );
  const select = { searchable: true, openOnFocus: false, limit: SHOWN, nothingFoundMessage: t('search.nothing'), allowDeselect: false } as const;
  return (
    <>
      <Select
        label={t('identity.country')}
        data={named.countries}
        {...select}
        limit={countries.length}
        {...form.getInputProps('country')}
        onChange={(country) => {
          form.setFieldValue('country', country);
          const usual = country ? usualFor[country] : undefined;
          if (usual) form.setValues(usual);
        }}
      />
      <div className={classes.two}>
        <Select label={t('identity.timeZone')} data={timeZones} className="ownDirection" {...select} {...form.getInputProps('timeZone')} />
        <Select label={t('identity.currency')} data={named.currencies} {...select} {...form.getInputProps('currency')} />
      </div>
      <Select
        label={t('identity.language')}
        description={t('signUp.languageHint')}
        inputWrapperOrder={below}
        data={[
          { value: 'en', label: t('lang.en') },
          { value: 'ar', label: t('lang.ar') },
        ]}
        allowDeselect={false}
        {...form.getInputProps('language')}
      />
    </>
  );
}

export function YouFields({ form }: Props) {
  const { t } = useLang();
  return (
    <>
      <TextInput label={t('identity.ownerName')} autoComplete="name" {...form.getInputProps('ownerName')} />
      <TextInput label={t('identity.email')} type="email" className="ownDirection" autoComplete="username" {...form.getInputProps('email')} />
    </>
  );
}

export function PasswordFields({ form }: Props) {
  const { t } = useLang();
  const { email, practiceName, slug, ownerName } = form.values;
  return (
    <>
      {/* so that the browser's password manager knows whose password it keeps */}
      <input type="hidden" autoComplete="username" value={email} readOnly />
      <PasswordField label={t('identity.password')} choosing={[email, practiceName, slug, ownerName]} {...form.getInputProps('password')} />
    </>
  );
}
