import { Button } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconCircleCheck, IconLinkOff } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { ApiProblem } from '@/shared/api/problem';
import { useLang } from '@/shared/i18n';
import { formErrors } from '@/shared/i18n/errors';
import { focusFirstInvalid } from '@/shared/ui/focus';
import { PasswordField } from '@/shared/ui/PasswordField';
import { SHORTEST_PASSWORD } from '@/shared/ui/strength';
import { useReset } from '../api';
import { forgetToken, useMailedToken } from '@/shared/auth/mailedToken';
import { Notice } from '../Notice';
import { Outside } from '../Outside';
import classes from '../Outside.module.css';
import { Refusal } from '../Refusal';

export const RESET = '/reset';

/** The link is of no use: nothing was typed that could be saved, so only the way to a new one is left. */
const useless = (error: unknown) => error instanceof ApiProblem && error.problem.code.startsWith('reset.');

function Useless({ error }: { error: unknown }) {
  const { t, lookup } = useLang();
  const code = error instanceof ApiProblem ? error.problem.code : 'reset.missing';
  return (
    <Outside title={lookup(`${code}.title`) ?? t('reset.unknown.title')} foot={<Link to="/sign-in">{t('forgot.toSignIn')}</Link>}>
      <Notice
        tone="bad"
        icon={<IconLinkOff size={24} stroke={1.7} />}
        action={
          <Button component={Link} to="/forgot">
            {t('reset.askAgain')}
          </Button>
        }
      >
        <p>{lookup(`${code}.text`) ?? t('reset.unknown.text')}</p>
      </Notice>
    </Outside>
  );
}

/** Where the link of a reset mail leads. */
export function ResetPage() {
  const words = useLang();
  const { t } = words;
  const token = useMailedToken(RESET);
  const reset = useReset();
  const ref = useRef<HTMLFormElement>(null);
  const [refusal, setRefusal] = useState<unknown>();
  const form = useForm({
    initialValues: { password: '' },
    validate: { password: (v) => (!v ? t('field.required') : [...v].length >= SHORTEST_PASSWORD ? null : t('password.short', { count: SHORTEST_PASSWORD })) },
  });

  const submit = form.onSubmit(
    async ({ password }) => {
      setRefusal(undefined);
      try {
        await reset.mutateAsync({ token: token!, password });
        forgetToken(RESET);
      } catch (error) {
        if (useless(error)) return forgetToken(RESET);
        const { byField, whole } = formErrors(words, error, ['password']);
        form.setErrors(byField);
        if (whole) setRefusal(error);
        focusFirstInvalid(ref.current);
      }
    },
    () => focusFirstInvalid(ref.current),
  );

  if (reset.isSuccess) {
    return (
      <Outside title={t('reset.doneTitle')}>
        <Notice
          icon={<IconCircleCheck size={24} stroke={1.7} />}
          action={
            <Button component={Link} to="/sign-in">
              {t('reset.signIn')}
            </Button>
          }
        >
          <p>{t('reset.done')}</p>
        </Notice>
      </Outside>
    );
  }
  if (!token) return <Useless error={reset.error} />;
  return (
    <Outside title={t('reset.title')} lead={t('reset.lead')}>
      <form ref={ref} noValidate onSubmit={submit} className={classes.fields}>
        <Refusal error={refusal} />
        <PasswordField label={t('password.new')} choosing={[]} autoFocus {...form.getInputProps('password')} />
        <Button type="submit" fullWidth loading={reset.isPending}>
          {t('reset.submit')}
        </Button>
      </form>
    </Outside>
  );
}
