import { Button } from '@mantine/core';
import { useForm } from '@mantine/form';
import { Link, useRouter } from '@tanstack/react-router';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useLang } from '@/shared/i18n';
import { formErrors } from '@/shared/i18n/errors';
import { focusFirstInvalid } from '@/shared/ui/focus';
import { SHORTEST_PASSWORD } from '@/shared/ui/strength';
import { useAdoptSession, useSignUp } from '../api';
import { forgetPick } from '../language';
import { Outside } from '../Outside';
import classes from '../Outside.module.css';
import { Refusal } from '../Refusal';
import { isSlug } from '@/shared/slug';
import { PasswordFields, PlaceFields, PracticeFields, YouFields } from './StepFields';
import { type SignUpForm, signUpFields, type SignUpValues, startValues, steps, stepToCorrect } from './steps';

const parts = { practice: PracticeFields, place: PlaceFields, you: YouFields, password: PasswordFields };

function useSignUpForm(): SignUpForm {
  const { t, lang } = useLang();
  const needed = (v: string | null) => (v?.trim() ? null : t('field.required'));
  return useForm<SignUpValues>({
    initialValues: startValues(lang),
    validate: {
      practiceName: needed,
      slug: (v) => needed(v) ?? (isSlug(v.trim()) ? null : t('field.invalid_slug')),
      country: needed,
      timeZone: needed,
      currency: needed,
      ownerName: needed,
      email: (v) => needed(v) ?? (/^\S+@\S+\.\S+$/.test(v.trim()) ? null : t('field.invalid_email')),
      password: (v) => needed(v) ?? ([...v].length >= SHORTEST_PASSWORD ? null : t('password.short', { count: SHORTEST_PASSWORD })),
    },
  });
}

function Progress({ at }: { at: number }) {
  const { t } = useLang();
  return (
    <div className={classes.progress}>
      <span>{t('signUp.step', { step: at + 1, of: steps.length })}</span>
      <ol aria-hidden>
        {steps.map(({ key }, i) => (
          <li key={key} data-done={i <= at || undefined} />
        ))}
      </ol>
    </div>
  );
}

/** Four decisions, one at a time; nothing is sent before the last, and going back loses nothing. */
export function SignUpPage() {
  const words = useLang();
  const { t } = words;
  const router = useRouter();
  const adopt = useAdoptSession();
  const signUp = useSignUp();
  const form = useSignUpForm();
  const [at, setAt] = useState(0);
  const [refusal, setRefusal] = useState<unknown>();
  const ref = useRef<HTMLFormElement>(null);
  const step = steps[at]!;
  const Fields = parts[step.key];

  const found = useRef(false);
  useEffect(() => {
    // a mistake takes the focus itself
    if (!found.current) ref.current?.querySelector<HTMLElement>('input:not([type=hidden])')?.focus();
    found.current = false;
  }, [at]);
  const correct = (to: number) => {
    found.current = to !== at;
    setAt(to);
    focusFirstInvalid(ref.current);
  };

  const send = async (v: SignUpValues) => {
    setRefusal(undefined);
    try {
      const session = await signUp.mutateAsync({
        practiceName: v.practiceName.trim(),
        slug: v.slug.trim(),
        ownerName: v.ownerName.trim(),
        email: v.email.trim(),
        password: v.password,
        language: v.language,
        country: v.country!,
        timeZone: v.timeZone!,
        currency: v.currency!,
      });
      forgetPick();
      await adopt(session);
      await router.navigate({ to: '/welcome', replace: true });
    } catch (error) {
      const { byField, whole } = formErrors(words, error, signUpFields);
      form.setErrors(byField);
      if (whole) setRefusal(error);
      correct(stepToCorrect(byField) ?? at);
    }
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { errors } = form.validate();
    const here = step.fields.some((field) => errors[field]);
    // what comes later is not asked for yet
    form.setErrors(Object.fromEntries(step.fields.filter((field) => errors[field]).map((field) => [field, errors[field]])));
    if (here) return focusFirstInvalid(ref.current);
    if (at < steps.length - 1) setAt(at + 1);
    else void send(form.getValues());
  };

  return (
    <Outside
      title={t('signUp.title')}
      lead={t('signUp.lead')}
      foot={
        <>
          {t('signUp.have')} <Link to="/sign-in">{t('signUp.signIn')}</Link>
        </>
      }
    >
      <Progress at={at} />
      <form ref={ref} noValidate onSubmit={submit} className={classes.fields} aria-labelledby="sign-up-step">
        <h2 id="sign-up-step" className={classes.step}>
          {t(`signUp.${step.key}`)}
        </h2>
        <Refusal error={refusal} />
        <Fields form={form} />
        <div className={classes.ways}>
          {at > 0 ? (
            <Button variant="default" onClick={() => setAt(at - 1)}>
              {t('signUp.back')}
            </Button>
          ) : null}
          <Button type="submit" loading={signUp.isPending}>
            {t(at < steps.length - 1 ? 'signUp.next' : 'signUp.submit')}
          </Button>
        </div>
      </form>
    </Outside>
  );
}
