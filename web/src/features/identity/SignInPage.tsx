import { Alert, Button, PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { getRouteApi, Link, useRouter } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { useLang } from '@/shared/i18n';
import { formErrors } from '@/shared/i18n/errors';
import { focusFirstInvalid } from '@/shared/ui/focus';
import { useAdoptSession, useSignIn } from './api';
import { Outside } from './Outside';
import classes from './Outside.module.css';

const fields = ['email', 'password', 'practiceSlug'] as const;
const route = getRouteApi('/outside/sign-in');

export function SignInPage() {
  const words = useLang();
  const { t } = words;
  const { next } = route.useSearch();
  const router = useRouter();
  const adopt = useAdoptSession();
  const signIn = useSignIn();
  const ref = useRef<HTMLFormElement>(null);
  const [several, setSeveral] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const form = useForm({
    initialValues: { email: '', password: '', practiceSlug: '' },
    validate: {
      email: (v) => (v.trim() ? null : t('field.required')),
      password: (v) => (v ? null : t('field.required')),
    },
  });

  const submit = form.onSubmit(
    async ({ email, password, practiceSlug }) => {
      setRefusal(undefined);
      try {
        const slug = practiceSlug.trim();
        const session = await signIn.mutateAsync({ email: email.trim(), password, ...(slug ? { practiceSlug: slug } : {}) });
        await adopt(session);
        await router.navigate({ to: next ?? '/', replace: true });
      } catch (error) {
        const { byField, whole } = formErrors(words, error, fields);
        form.setErrors(byField);
        if (byField.practiceSlug) setSeveral(true);
        setRefusal(whole);
        focusFirstInvalid(ref.current);
      }
    },
    () => focusFirstInvalid(ref.current),
  );

  return (
    <Outside
      title={t('signIn.title')}
      lead={t('signIn.lead')}
      foot={
        <>
          {t('signIn.new')} <Link to="/sign-up">{t('signIn.signUp')}</Link>
        </>
      }
    >
      <form ref={ref} noValidate onSubmit={submit} className={classes.fields}>
        {refusal ? (
          <Alert color="red" role="alert" py="xs">
            {refusal}
          </Alert>
        ) : null}
        <TextInput label={t('identity.email')} type="email" className="ownDirection" autoComplete="username" autoFocus {...form.getInputProps('email')} />
        <PasswordInput
          label={t('identity.password')}
          autoComplete="current-password"
          visibilityToggleButtonProps={{ 'aria-label': t('identity.showPassword'), tabIndex: 0 }}
          {...form.getInputProps('password')}
        />
        {several ? (
          <TextInput
            label={t('identity.slug')}
            description={t('signIn.slugHint')}
            className="ownDirection"
            autoCapitalize="none"
            spellCheck={false}
            {...form.getInputProps('practiceSlug')}
          />
        ) : null}
        <Button type="submit" loading={signIn.isPending} fullWidth mt={4}>
          {t('signIn.submit')}
        </Button>
        {several ? null : (
          <Button variant="subtle" size="compact-sm" color="gray" onClick={() => setSeveral(true)}>
            {t('signIn.several')}
          </Button>
        )}
      </form>
    </Outside>
  );
}
