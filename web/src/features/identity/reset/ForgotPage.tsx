import { Button, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconMail } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useRef } from 'react';
import { useLang } from '@/shared/i18n';
import { focusFirstInvalid } from '@/shared/ui/focus';
import { useForgot } from '../api';
import { Notice } from '../Notice';
import { Outside } from '../Outside';
import classes from '../Outside.module.css';
import { Refusal } from '../Refusal';

/** Asks for a link by mail. The answer is the same whether there is such an account or not. */
export function ForgotPage() {
  const { t } = useLang();
  const forgot = useForgot();
  const ref = useRef<HTMLFormElement>(null);
  const form = useForm({
    initialValues: { email: '' },
    validate: { email: (v) => (!v.trim() ? t('field.required') : /^\S+@\S+\.\S+$/.test(v.trim()) ? null : t('field.invalid_email')) },
  });
  const submit = form.onSubmit(
    ({ email }) => forgot.mutate(email.trim()),
    () => focusFirstInvalid(ref.current),
  );
  const toSignIn = <Link to="/sign-in">{t('forgot.toSignIn')}</Link>;

  if (forgot.isSuccess) {
    return (
      <Outside title={t('forgot.sentTitle')} foot={toSignIn}>
        <Notice
          icon={<IconMail size={24} stroke={1.7} />}
          action={
            <Button variant="default" onClick={() => forgot.reset()}>
              {t('forgot.again')}
            </Button>
          }
        >
          <p>{t('forgot.sent')}</p>
          <p>
            <bdi>{form.values.email.trim()}</bdi>
          </p>
          <p>{t('forgot.sentHint')}</p>
        </Notice>
      </Outside>
    );
  }
  return (
    <Outside title={t('forgot.title')} lead={t('forgot.lead')} foot={toSignIn}>
      <form ref={ref} noValidate onSubmit={submit} className={classes.fields}>
        <Refusal error={forgot.error} />
        <TextInput label={t('identity.email')} type="email" className="ownDirection" autoComplete="username" autoFocus {...form.getInputProps('email')} />
        <Button type="submit" fullWidth loading={forgot.isPending}>
          {t('forgot.submit')}
        </Button>
      </form>
    </Outside>
  );
}
