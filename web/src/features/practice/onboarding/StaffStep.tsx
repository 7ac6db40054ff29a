import { Alert, Button, Select, TextInput } from '@mantine/core';
import { IconMail } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import { invitesQuery, type NewInvite, useInvite } from '@/features/identity/staff/api';
import type { Schemas } from '@/shared/api/problem';
import { useCan, useSession } from '@/shared/auth/session';
import forms from '@/shared/forms/forms.module.css';
import { useSendKey } from '@/shared/forms/useSubmit';
import { useLang } from '@/shared/i18n';
import { formErrors } from '@/shared/i18n/errors';
import { CopyButton } from '@/shared/ui/CopyField';
import { focusFirstInvalid } from '@/shared/ui/focus';
import { LeaveGuard } from '@/shared/ui/LeaveGuard';
import classes from './Onboarding.module.css';
import { StepFoot, type StepProps } from './StepFoot';

type Role = Schemas['Role'];
const ROLES: Role[] = ['provider', 'hygienist', 'assistant', 'receptionist', 'accountant', 'admin', 'staff'];
const FIELDS = ['email', 'name', 'role'] as const;
const SHOWN = 5;

/** Whom the owner works with. Each gets a mail; the link can be handed over as well. */
export function StaffStep(step: StepProps) {
  const words = useLang();
  const { t } = words;
  const { practice } = useSession();
  const invite = useInvite();
  const keyOf = useSendKey();
  const list = useInfiniteQuery({ ...invitesQuery, enabled: useCan()('staff.read') });
  const [links, setLinks] = useState<Record<string, string>>({});
  const [email, setEmail] = useState('');
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('provider');
  const [errors, setErrors] = useState<Partial<Record<(typeof FIELDS)[number], string>>>({});
  const [refusal, setRefusal] = useState<string>();
  const form = useRef<HTMLFormElement>(null);
  const invited = (list.data?.pages.flatMap((page) => page.items) ?? []).filter((one) => one.status === 'open' || one.status === 'accepted');

  const send = async () => {
    setRefusal(undefined);
    setErrors({});
    const body: NewInvite = { email: email.trim(), ...(name.trim() ? { name: name.trim() } : {}), language: practice.language, role };
    try {
      const made = await invite.mutateAsync({ body, key: keyOf(body) });
      if (made.link) setLinks((now) => ({ ...now, [made.id]: made.link! }));
      setEmail('');
      setName('');
      step.made();
      form.current?.querySelector<HTMLElement>('input[type=email]')?.focus();
    } catch (error) {
      const { byField, whole } = formErrors(words, error, FIELDS);
      setErrors(byField);
      setRefusal(whole);
      focusFirstInvalid(form.current);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (invite.isPending) return;
    if (email.trim()) return void send();
    setErrors({ email: t('field.required') });
    focusFirstInvalid(form.current);
  };
  const ready = step.done || invited.length > 0;

  return (
    <form ref={form} noValidate onSubmit={submit} aria-labelledby="welcome-step">
      <div className={classes.body}>
        {invited.length ? (
          <ul className={classes.made} aria-label={t('staff.tab.invites')}>
            {invited.slice(0, SHOWN).map((one) => (
              <li key={one.id}>
                <IconMail size={20} stroke={1.7} className={classes.tick} aria-hidden />
                <b>
                  <bdi className="ltr">{one.email}</bdi>
                </b>
                <span>{one.customRole?.name ?? t(`role.${one.role}`)}</span>
                <span className={classes.end}>{links[one.id] ? <CopyButton size="xs" text={links[one.id]!} label={t('welcome.staff.copy')} /> : t(`staff.invite.${one.status}`)}</span>
              </li>
            ))}
          </ul>
        ) : null}
        {refusal ? (
          <Alert color="red" role="alert" py="xs">
            {refusal}
          </Alert>
        ) : null}
        <TextInput
          label={t('identity.email')}
          type="email"
          className="ownDirection"
          maxLength={254}
          autoComplete="off"
          value={email}
          onChange={(e) => setEmail(e.currentTarget.value)}
          error={errors.email}
        />
        <div className={forms.two}>
          <TextInput label={t('staff.name')} maxLength={120} autoComplete="off" value={name} onChange={(e) => setName(e.currentTarget.value)} error={errors.name} />
          <Select
            label={t('staff.role')}
            data={ROLES.map((value) => ({ value, label: t(`role.${value}`) }))}
            value={role}
            onChange={(next) => next && setRole(next as Role)}
            allowDeselect={false}
            error={errors.role}
          />
        </div>
      </div>
      <StepFoot step={step}>
        <Button type="submit" variant={ready ? 'default' : 'filled'} loading={invite.isPending}>
          {t('staff.send')}
        </Button>
        {ready ? <Button onClick={step.next}>{t('welcome.next')}</Button> : null}
      </StepFoot>
      <LeaveGuard when={!!(email.trim() || name.trim()) && !invite.isPending} />
    </form>
  );
}
