import { ActionIcon, Alert, Button, Select, TextInput, Title } from '@mantine/core';
import { useForm, type UseFormReturnType } from '@mantine/form';
import { IconTrash } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useSendKey } from '@/shared/forms/useSubmit';
import { type Lang, useLang } from '@/shared/i18n';
import { formErrors } from '@/shared/i18n/errors';
import { compareText, displayName } from '@/shared/i18n/format';
import { countries, currencies, timeZones, usualFor } from '@/shared/places';
import { isSlug, suggestSlug } from '@/shared/slug';
import { focusFirstInvalid } from '@/shared/ui/focus';
import { SideDrawer } from '@/shared/ui/SideDrawer';
import { type NewPractice, useFound } from './api';
import classes from './ConsolePage.module.css';

type Role = NonNullable<NewPractice['staff']>[number]['role'];
const ROLES: Role[] = ['admin', 'provider', 'hygienist', 'assistant', 'receptionist', 'accountant', 'staff', 'owner'];
const MOST_STAFF = 50;
/** Long lists are searched, not scrolled. */
const SHOWN = 80;
type Values = {
  name: string;
  slug: string;
  country: string;
  timeZone: string;
  currency: string;
  language: Lang;
  owner: { name: string; email: string };
  staff: { name: string; email: string; role: Role }[];
};

/** A practice on somebody's behalf: its basics, its owner, and whoever comes with them. All get their invitations by mail. */
export function NewPracticeDrawer({ onClose }: { onClose: () => void }) {
  const words = useLang();
  const { t, lang } = words;
  const navigate = useNavigate();
  const found = useFound();
  const keyOf = useSendKey();
  const ref = useRef<HTMLFormElement>(null);
  const [ownSlug, setOwnSlug] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const needed = (value: string) => (value.trim() ? null : t('field.required'));
  const address = (value: string) => needed(value) ?? (/^\S+@\S+\.\S+$/.test(value.trim()) ? null : t('field.invalid_email'));
  const form = useForm<Values>({
    initialValues: {
      name: '',
      slug: '',
      country: 'SA',
      timeZone: 'Asia/Riyadh',
      currency: 'SAR',
      language: lang,
      owner: { name: '', email: '' },
      staff: [],
    },
    validate: {
      name: needed,
      slug: (value) => needed(value) ?? (isSlug(value.trim()) ? null : t('field.invalid_slug')),
      owner: { name: needed, email: address },
      staff: { name: needed, email: address },
    },
  });
  const send = async (values: Values) => {
    setRefusal(undefined);
    const person = <P extends { name: string; email: string }>(p: P) => ({ ...p, name: p.name.trim(), email: p.email.trim() });
    const body: NewPractice = { ...values, name: values.name.trim(), slug: values.slug.trim(), owner: person(values.owner), staff: values.staff.map(person) };
    try {
      const practice = await found.mutateAsync({ body, key: keyOf(body) });
      await navigate({ to: '/platform/practices/$id', params: { id: practice.id } });
    } catch (error) {
      const places = ['name', 'slug', 'country', 'timeZone', 'currency', 'language', 'owner.name', 'owner.email'];
      const rows = values.staff.flatMap((_, at) => [`staff.${at}.name`, `staff.${at}.email`, `staff.${at}.role`]);
      const { byField, whole } = formErrors(words, error, [...places, ...rows]);
      // shown before the focus goes there
      flushSync(() => {
        form.setErrors(byField);
        setRefusal(whole);
      });
      focusFirstInvalid(ref.current);
    }
  };
  return (
    <SideDrawer title={t('console.new')} onClose={onClose}>
      <form
        ref={ref}
        noValidate
        className={classes.form}
        aria-label={t('console.new')}
        onSubmit={form.onSubmit(
          (values) => void send(values),
          () => focusFirstInvalid(ref.current),
        )}
      >
        {refusal ? (
          <Alert color="red" py="xs" role="alert">
            {refusal}
          </Alert>
        ) : null}
        <TextInput
          label={t('identity.practiceName')}
          maxLength={120}
          data-autofocus
          {...form.getInputProps('name')}
          onChange={(e) => {
            form.setFieldValue('name', e.currentTarget.value);
            if (!ownSlug) form.setFieldValue('slug', suggestSlug(e.currentTarget.value));
          }}
        />
        <TextInput
          label={t('identity.slug')}
          className="ownDirection"
          spellCheck={false}
          {...form.getInputProps('slug')}
          onChange={(e) => {
            setOwnSlug(true);
            form.setFieldValue('slug', e.currentTarget.value.toLowerCase());
          }}
        />
        <Place form={form} />
        <Title order={3} fz="sm">
          {t('role.owner')}
        </Title>
        <TextInput label={t('console.owner.name')} maxLength={120} {...form.getInputProps('owner.name')} />
        <TextInput label={t('console.owner.email')} type="email" className="ownDirection" maxLength={254} {...form.getInputProps('owner.email')} />
        <Staff form={form} />
        <div className={classes.formFoot}>
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" loading={found.isPending}>
            {t('console.create')}
          </Button>
        </div>
      </form>
    </SideDrawer>
  );
}

type Form = UseFormReturnType<Values>;

function Place({ form }: { form: Form }) {
  const { t, lang } = useLang();
  const named = useMemo(() => {
    const options = (type: 'region' | 'currency', codes: readonly string[]) =>
      codes.map((value) => ({ value, label: displayName(lang, type, value) })).sort((a, b) => compareText(lang, a.label, b.label));
    return { countries: options('region', countries), currencies: options('currency', currencies) };
  }, [lang]);
  const select = { searchable: true, allowDeselect: false, limit: SHOWN, nothingFoundMessage: t('console.nothing') };
  return (
    <>
      <Select
        label={t('identity.country')}
        data={named.countries}
        {...select}
        {...form.getInputProps('country')}
        onChange={(country) => {
          if (!country) return;
          form.setValues({ country, ...usualFor[country] });
        }}
      />
      <Select label={t('identity.timeZone')} data={timeZones} className="ownDirection" {...select} {...form.getInputProps('timeZone')} />
      <Select label={t('identity.currency')} data={named.currencies} {...select} {...form.getInputProps('currency')} />
      <Select
        label={t('identity.language')}
        data={(['en', 'ar'] as const).map((value) => ({ value, label: t(`lang.${value}`) }))}
        allowDeselect={false}
        {...form.getInputProps('language')}
      />
    </>
  );
}

/** People who come with the owner; more are invited by the practice itself. */
function Staff({ form }: { form: Form }) {
  const { t } = useLang();
  const { staff } = form.values;
  return (
    <>
      <Title order={3} fz="sm">
        {t('console.team')}
      </Title>
      {staff.map((_, at) => (
        <fieldset key={at} className={classes.person} aria-label={t('console.person', { number: at + 1 })}>
          <TextInput label={t('console.owner.name')} maxLength={120} {...form.getInputProps(`staff.${at}.name`)} />
          <TextInput label={t('identity.email')} type="email" className="ownDirection" maxLength={254} {...form.getInputProps(`staff.${at}.email`)} />
          <div className={classes.personRole}>
            <Select
              label={t('console.role')}
              data={ROLES.map((value) => ({ value, label: t(`role.${value}`) }))}
              allowDeselect={false}
              {...form.getInputProps(`staff.${at}.role`)}
            />
            <ActionIcon variant="subtle" color="gray" size={36} aria-label={t('console.personRemove', { number: at + 1 })} onClick={() => form.removeListItem('staff', at)}>
              <IconTrash size={18} stroke={1.7} />
            </ActionIcon>
          </div>
        </fieldset>
      ))}
      {staff.length < MOST_STAFF ? (
        <Button variant="default" onClick={() => form.insertListItem('staff', { name: '', email: '', role: 'provider' })}>
          {t('console.personAdd')}
        </Button>
      ) : null}
    </>
  );
}
