import { Button, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useRouter } from '@tanstack/react-router';
import { lazy, Suspense, useRef, useState } from 'react';
import { ApiProblem } from '@/shared/api/problem';
import type { Session } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formErrors } from '@/shared/i18n/errors';
import { focusFirstInvalid } from '@/shared/ui/focus';
import { PasswordField } from '@/shared/ui/PasswordField';
import { doorQuery, useAdoptSession } from '../api';
import { Outside } from '../Outside';
import classes from '../Outside.module.css';
import { useMailedToken } from '@/shared/auth/mailedToken';
import { Refusal } from '../Refusal';
import { challengeOf, type Outcome } from './external';
import { ExternalOutcome, useLinkExternal } from './ExternalOutcome';
import { OtherWays } from './OtherWays';
import { type SignInFlow, useSignInFlow } from './useSignInFlow';

// most people never need it, and those who do have just typed a password
const SecondStep = lazy(() => import('./SecondStep').then((m) => ({ default: m.SecondStep })));

const fields = ['email', 'password', 'practiceSlug'] as const;
const route = getRouteApi('/outside/sign-in');

/** What was typed lives here, above the steps, so that coming back from the second one finds it again. */
function usePasswordForm() {
  const { t } = useLang();
  return useForm({
    initialValues: { email: '', password: '', practiceSlug: '' },
    validate: {
      email: (v) => (v.trim() ? null : t('field.required')),
      password: (v) => (v ? null : t('field.required')),
    },
  });
}

type StepProps = { flow: SignInFlow; form: ReturnType<typeof usePasswordForm>; door: string | undefined; next: string | undefined; outcome: Outcome | undefined };

function PasswordStep({ flow, form, door, next, outcome }: StepProps) {
  const words = useLang();
  const { t } = words;
  const ref = useRef<HTMLFormElement>(null);
  const [several, setSeveral] = useState(form.values.practiceSlug !== '');
  const [beside, setBeside] = useState(false);

  const submit = form.onSubmit(
    async ({ email, password, practiceSlug }) => {
      const error = await flow.password(email.trim(), password, practiceSlug.trim() || door);
      if (!error) return;
      const { byField, whole } = formErrors(words, error, fields);
      form.setErrors(byField);
      if (byField.practiceSlug) setSeveral(true);
      setBeside(error instanceof ApiProblem && !whole);
      focusFirstInvalid(ref.current);
    },
    () => focusFirstInvalid(ref.current),
  );

  return (
    <form ref={ref} noValidate onSubmit={submit} className={classes.fields}>
      {beside ? null : <Refusal error={flow.error} />}
      {outcome && !flow.error ? <ExternalOutcome outcome={outcome} /> : null}
      <TextInput label={t('identity.email')} type="email" className="ownDirection" autoComplete="username" autoFocus {...form.getInputProps('email')} />
      <PasswordField label={t('identity.password')} {...form.getInputProps('password')} />
      <Link to="/forgot" className={classes.link}>
        {t('signIn.forgot')}
      </Link>
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
      <Button type="submit" loading={flow.busy === 'password'} fullWidth>
        {t('signIn.submit')}
      </Button>
      <OtherWays flow={flow} practiceSlug={door} next={next} />
      {several || door ? null : (
        <Button variant="subtle" size="compact-sm" color="gray" onClick={() => setSeveral(true)}>
          {t('signIn.several')}
        </Button>
      )}
    </form>
  );
}

export function SignInPage() {
  const { t } = useLang();
  const { next, external } = route.useSearch();
  const router = useRouter();
  const adopt = useAdoptSession();
  const link = useLinkExternal();
  const { data: practice } = useQuery(doorQuery);
  const form = usePasswordForm();
  const arrive = async (session: Session) => {
    await adopt(session);
    if (external === 'unknown') await link();
    await router.navigate({ to: next ?? '/', replace: true });
  };
  const flow = useSignInFlow(arrive, practice?.slug, challengeOf(useMailedToken('/sign-in')));

  if (flow.step.at === 'second') {
    return (
      <Outside title={t('second.title')} lead={t(`second.lead.${flow.step.using}`)}>
        <Suspense>
          <SecondStep flow={flow} step={flow.step} />
        </Suspense>
      </Outside>
    );
  }
  return (
    <Outside
      title={t('signIn.title')}
      lead={practice ? t('signIn.leadTo', { name: practice.name }) : t('signIn.lead')}
      foot={
        practice ? undefined : (
          <>
            {t('signIn.new')} <Link to="/sign-up">{t('signIn.signUp')}</Link>
          </>
        )
      }
    >
      <PasswordStep flow={flow} form={form} door={practice?.slug} next={next} outcome={external} />
    </Outside>
  );
}
