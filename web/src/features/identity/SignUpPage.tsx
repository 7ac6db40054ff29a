import { Alert, Button, PasswordInput, Select, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { Link, useRouter } from '@tanstack/react-router';
import { useMemo, useRef, useState } from 'react';
import { type Lang, setLang, useLang } from '@/shared/i18n';
import { formErrors } from '@/shared/i18n/errors';
import { compareText, displayName } from '@/shared/i18n/format';
import { focusFirstInvalid } from '@/shared/ui/focus';
import { useAdoptSession, useSignUp } from './api';
import { Outside } from './Outside';
import classes from './Outside.module.css';
import { countries, currencies, timeZones, usualFor } from './places';
import { isSlug, suggestSlug } from './slug';

const SHORTEST_PASSWORD = 10;
/** Long lists are searched, not scrolled. */
const SHOWN = 80;
const fields = ['practiceName', 'slug', 'ownerName', 'email', 'password', 'language', 'country', 'timeZone', 'currency'] as const;

export function SignUpPage() {
  const words = useLang();
  const { t, lang } = words;
  const router = useRouter();
  const adopt = useAdoptSession();
  const signUp = useSignUp();
  const ref = useRef<HTMLFormElement>(null);
  const [refusal, setRefusal] = useState<string>();
  const [ownSlug, setOwnSlug] = useState(false);
  const needed = (v: string | null) => (v?.trim() ? null : t('field.required'));
  const form = useForm({
    initialValues: {
      practiceName: '',
      slug: '',
      ownerName: '',
      email: '',
      password: '',
      language: lang as string | null,
      country: 'SA' as string | null,
      timeZone: 'Asia/Riyadh' as string | null,
      currency: 'SAR' as string | null,
    },
    validate: {
      practiceName: needed,
      slug: (v) => needed(v) ?? (isSlug(v.trim()) ? null : t('field.invalid_slug')),
      ownerName: needed,
      email: (v) => needed(v) ?? (/^\S+@\S+\.\S+$/.test(v.trim()) ? null : t('field.invalid_email')),
      password: (v) => needed(v) ?? ([...v].length >= SHORTEST_PASSWORD ? null : t('signUp.passwordShort', { count: SHORTEST_PASSWORD })),
      language: needed,
      country: needed,
      timeZone: needed,
      currency: needed,
    },
  });

  const nameCountries = useMemo(
    () => countries.map((value) => ({ value, label: displayName(lang, 'region', value) })).sort((a, b) => compareText(lang, a.label, b.label)),
    [lang],
  );
  const nameCurrencies = useMemo(() => currencies.map((value) => ({ value, label: `${value} · ${displayName(lang, 'currency', value)}` })), [lang]);

  const submit = form.onSubmit(
    async (v) => {
      setRefusal(undefined);
      try {
        const session = await signUp.mutateAsync({
          practiceName: v.practiceName.trim(),
          slug: v.slug.trim(),
          ownerName: v.ownerName.trim(),
          email: v.email.trim(),
          password: v.password,
          language: v.language as Lang,
          country: v.country!,
          timeZone: v.timeZone!,
          currency: v.currency!,
        });
        await adopt(session);
        await setLang(session.user.language);
        await router.navigate({ to: '/', replace: true });
      } catch (error) {
        const { byField, whole } = formErrors(words, error, fields);
        form.setErrors(byField);
        setRefusal(whole);
        focusFirstInvalid(ref.current);
      }
    },
    () => focusFirstInvalid(ref.current),
  );

  const select = { searchable: true, limit: SHOWN, nothingFoundMessage: t('search.nothing'), allowDeselect: false } as const;
  return (
    <Outside
      wide
      title={t('signUp.title')}
      lead={t('signUp.lead')}
      foot={
        <>
          {t('signUp.have')} <Link to="/sign-in">{t('signUp.signIn')}</Link>
        </>
      }
    >
      <form ref={ref} noValidate onSubmit={submit}>
        {refusal ? (
          <Alert color="red" role="alert" py="xs" mb="md">
            {refusal}
          </Alert>
        ) : null}
        <fieldset className={classes.section}>
          <legend>{t('signUp.practice')}</legend>
          <div className={classes.fields}>
            <div className={classes.two}>
              <TextInput
                label={t('identity.practiceName')}
                autoComplete="organization"
                autoFocus
                {...form.getInputProps('practiceName')}
                onChange={(e) => {
                  form.setFieldValue('practiceName', e.currentTarget.value);
                  if (!ownSlug) form.setFieldValue('slug', suggestSlug(e.currentTarget.value));
                }}
              />
              <TextInput
                label={t('identity.slug')}
                description={t('signUp.slugHint')}
                inputWrapperOrder={['label', 'input', 'description', 'error']}
                className="ownDirection"
                autoCapitalize="none"
                spellCheck={false}
                {...form.getInputProps('slug')}
                onChange={(e) => {
                  setOwnSlug(e.currentTarget.value !== '');
                  form.setFieldValue('slug', e.currentTarget.value.toLowerCase());
                }}
              />
            </div>
            <div className={classes.two}>
              <Select
                label={t('identity.country')}
                data={nameCountries}
                {...select}
                limit={countries.length}
                {...form.getInputProps('country')}
                onChange={(country) => {
                  form.setFieldValue('country', country);
                  const usual = country ? usualFor[country] : undefined;
                  if (usual) form.setValues(usual);
                }}
              />
              <Select label={t('identity.timeZone')} data={timeZones} className="ownDirection" {...select} {...form.getInputProps('timeZone')} />
              <Select label={t('identity.currency')} data={nameCurrencies} {...select} {...form.getInputProps('currency')} />
              <Select
                label={t('identity.language')}
                description={t('signUp.languageHint')}
                inputWrapperOrder={['label', 'input', 'description', 'error']}
                data={[
                  { value: 'en', label: t('lang.en') },
                  { value: 'ar', label: t('lang.ar') },
                ]}
                allowDeselect={false}
                {...form.getInputProps('language')}
              />
            </div>
          </div>
        </fieldset>
        <fieldset className={classes.section}>
          <legend>{t('signUp.you')}</legend>
          <div className={classes.fields}>
            <div className={classes.two}>
              <TextInput label={t('identity.ownerName')} autoComplete="name" {...form.getInputProps('ownerName')} />
              <TextInput label={t('identity.email')} type="email" className="ownDirection" autoComplete="username" {...form.getInputProps('email')} />
            </div>
            <PasswordInput
              label={t('identity.password')}
              description={t('signUp.passwordHint', { count: SHORTEST_PASSWORD })}
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              autoComplete="new-password"
              visibilityToggleButtonProps={{ 'aria-label': t('identity.showPassword'), tabIndex: 0 }}
              {...form.getInputProps('password')}
            />
          </div>
        </fieldset>
        <Button type="submit" loading={signUp.isPending} fullWidth mt="xl">
          {t('signUp.submit')}
        </Button>
      </form>
    </Outside>
  );
}
