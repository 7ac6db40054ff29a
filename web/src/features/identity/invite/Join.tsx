import { Button, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useRef, useState } from 'react';
import { ApiProblem, type Schemas } from '@/shared/api/problem';
import type { Session } from '@/shared/auth/session';
import { setLang, useLang } from '@/shared/i18n';
import { formErrors } from '@/shared/i18n/errors';
import { focusFirstInvalid } from '@/shared/ui/focus';
import { PasswordField } from '@/shared/ui/PasswordField';
import { SHORTEST_PASSWORD } from '@/shared/ui/strength';
import { acceptInvite, type Invitation } from '../api';
import { forgetPick } from '../language';
import { LanguageSelect } from '../LanguageSelect';
import classes from '../Outside.module.css';
import { Refusal } from '../Refusal';
import { useSignInFlow } from '../sign-in/useSignInFlow';

const SecondStep = lazy(() => import('../sign-in/SecondStep').then((m) => ({ default: m.SecondStep })));

type Props = { token: string; invite: Invitation; session: Session | null; onJoined: (session: Session) => Promise<void> };
const fields = ['name', 'password', 'language'] as const;

/** The way in by an invitation, with the second factor where the account has one. */
export function Join({ token, invite, session, onJoined }: Props) {
  const flow = useSignInFlow(onJoined);
  const accept = (more: Omit<Schemas['Accept'], 'token'> = {}) => flow.attempt('password', () => acceptInvite({ token, ...more }));
  const [asOther, setAsOther] = useState(false);

  if (flow.step.at === 'second') {
    return (
      <Suspense>
        <SecondStep flow={flow} step={flow.step} />
      </Suspense>
    );
  }
  const parts = { accept, error: flow.error, busy: flow.busy === 'password' };
  if (invite.needs === 'account') return <NewAccount {...parts} name={invite.name ?? ''} />;
  if (session && !asOther) return <SignedIn {...parts} session={session} onOther={() => setAsOther(true)} />;
  return <KnownAccount {...parts} mayLeave={!session} />;
}

type PartProps = { accept: (more?: Omit<Schemas['Accept'], 'token'>) => Promise<unknown>; error: unknown; busy: boolean };

function NewAccount({ accept, error, busy, name }: PartProps & { name: string }) {
  const words = useLang();
  const { t, lang } = words;
  const ref = useRef<HTMLFormElement>(null);
  const [beside, setBeside] = useState(false);
  const form = useForm({
    initialValues: { name, password: '', language: lang },
    validate: {
      name: (v) => (v.trim() ? null : t('field.required')),
      password: (v) => (!v ? t('field.required') : [...v].length >= SHORTEST_PASSWORD ? null : t('password.short', { count: SHORTEST_PASSWORD })),
    },
  });
  const submit = form.onSubmit(
    async (values) => {
      forgetPick();
      const refused = await accept({ ...values, name: values.name.trim() });
      if (!refused) return;
      const { byField, whole } = formErrors(words, refused, fields);
      form.setErrors(byField);
      setBeside(refused instanceof ApiProblem && !whole);
      focusFirstInvalid(ref.current);
    },
    () => focusFirstInvalid(ref.current),
  );
  return (
    <form ref={ref} noValidate onSubmit={submit} className={classes.fields}>
      {beside ? null : <Refusal error={error} />}
      <TextInput label={t('identity.ownerName')} autoComplete="name" autoFocus {...form.getInputProps('name')} />
      <PasswordField label={t('password.new')} choosing={[form.values.name]} {...form.getInputProps('password')} />
      <LanguageSelect
        {...form.getInputProps('language')}
        onChange={(language) => {
          form.setFieldValue('language', language);
          void setLang(language, { remember: false });
        }}
      />
      <Button type="submit" fullWidth loading={busy}>
        {t('invite.create')}
      </Button>
    </form>
  );
}

function SignedIn({ accept, error, busy, session, onOther }: PartProps & { session: Session; onOther: () => void }) {
  const { t } = useLang();
  return (
    <div className={classes.fields}>
      <Refusal error={error} />
      <Text size="sm">
        {t('invite.signedInAs')} <bdi className="ltr">{session.user.email}</bdi>
      </Text>
      <Button fullWidth loading={busy} onClick={() => void accept()}>
        {t('invite.join')}
      </Button>
      <Button variant="subtle" size="compact-sm" color="gray" onClick={onOther}>
        {t('invite.other')}
      </Button>
    </div>
  );
}

function KnownAccount({ accept, error, busy, mayLeave }: PartProps & { mayLeave: boolean }) {
  const { t } = useLang();
  const ref = useRef<HTMLFormElement>(null);
  const form = useForm({ initialValues: { password: '' }, validate: { password: (v) => (v ? null : t('field.required')) } });
  const submit = form.onSubmit(
    async ({ password }) => {
      if (await accept({ password })) ref.current?.querySelector<HTMLInputElement>('input[type=password]')?.select();
    },
    () => focusFirstInvalid(ref.current),
  );
  return (
    <form ref={ref} noValidate onSubmit={submit} className={classes.fields}>
      <Refusal error={error} />
      <Text size="sm">{t('invite.haveAccount')}</Text>
      <PasswordField label={t('identity.password')} autoFocus {...form.getInputProps('password')} />
      <Button type="submit" fullWidth loading={busy}>
        {t('invite.signInJoin')}
      </Button>
      {mayLeave ? (
        // on the way back the link's secret is still in this page's memory
        <Button variant="subtle" size="compact-sm" color="gray" renderRoot={(props) => <Link {...props} to="/sign-in" search={{ next: '/invite' }} />}>
          {t('invite.otherWay')}
        </Button>
      ) : null}
    </form>
  );
}
