import { Button } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useRef, useState } from 'react';
import { hasCode } from '@/shared/api/problem';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formErrors } from '@/shared/i18n/errors';
import { focusFirstInvalid } from '@/shared/ui/focus';
import { PasswordField } from '@/shared/ui/PasswordField';
import { SHORTEST_PASSWORD } from '@/shared/ui/strength';
import { toast } from '@/shared/ui/toast';
import { Refusal } from '../Refusal';
import classes from './Account.module.css';
import { useChangePassword } from './api';
import { Section } from './Section';

export function PasswordSection() {
  const { t } = useLang();
  const [open, setOpen] = useState(false);
  return (
    <Section
      title={t('account.password')}
      text={t('account.passwordText')}
      action={
        open ? undefined : (
          <Button variant="default" onClick={() => setOpen(true)}>
            {t('account.passwordChange')}
          </Button>
        )
      }
    >
      {open ? <Editor onClose={() => setOpen(false)} /> : null}
    </Section>
  );
}

function Editor({ onClose }: { onClose: () => void }) {
  const words = useLang();
  const { t } = words;
  const { user, practice } = useSession();
  const change = useChangePassword();
  const ref = useRef<HTMLFormElement>(null);
  const [refusal, setRefusal] = useState<unknown>();
  const form = useForm({
    initialValues: { current: '', new: '' },
    validate: {
      current: (v) => (v ? null : t('field.required')),
      new: (v) => (!v ? t('field.required') : [...v].length >= SHORTEST_PASSWORD ? null : t('password.short', { count: SHORTEST_PASSWORD })),
    },
  });
  const submit = form.onSubmit(
    async (values) => {
      setRefusal(undefined);
      try {
        await change.mutateAsync(values);
        toast.done(t('account.passwordChanged'));
        onClose();
      } catch (error) {
        const { byField, whole } = formErrors(words, error, ['current', 'new']);
        form.setErrors(hasCode(error, 'password.wrong') ? { current: t('problem.password.wrong') } : byField);
        if (whole) setRefusal(error);
        focusFirstInvalid(ref.current);
      }
    },
    () => focusFirstInvalid(ref.current),
  );
  return (
    <form ref={ref} noValidate onSubmit={submit} className={classes.fields}>
      <Refusal error={refusal} />
      <input type="hidden" autoComplete="username" value={user.email} readOnly />
      <PasswordField label={t('account.passwordCurrent')} autoFocus {...form.getInputProps('current')} />
      <PasswordField label={t('password.new')} choosing={[user.email, user.name, practice.name, practice.slug]} {...form.getInputProps('new')} />
      <div className={classes.row}>
        <Button type="submit" loading={change.isPending}>
          {t('account.passwordChange')}
        </Button>
        <Button variant="default" onClick={onClose}>
          {t('action.cancel')}
        </Button>
      </div>
    </form>
  );
}
