import { Alert, Button, Select, Text, TextInput } from '@mantine/core';
import { type FormEvent, useRef, useState } from 'react';
import { uuid } from '@/shared/api/uuid';
import { useSession } from '@/shared/auth/session';
import forms from '@/shared/forms/forms.module.css';
import { useLang } from '@/shared/i18n';
import { formErrors } from '@/shared/i18n/errors';
import { formatDateTime } from '@/shared/i18n/format';
import { CopyField } from '@/shared/ui/CopyField';
import { focusFirstInvalid } from '@/shared/ui/focus';
import { SideDrawer } from '@/shared/ui/SideDrawer';
import { type Invite, type NewInvite, useInvite } from './api';
import { chosen, RoleField } from './RoleField';

const FIELDS = ['email', 'name', 'role', 'customRoleId', 'language'] as const;

/** Whom to ask, as what, in which language; then the link, which is shown only here. */
export function InviteDrawer({ sent, onClose }: { sent?: Invite | undefined; onClose: () => void }) {
  const words = useLang();
  const { t } = words;
  const { practice } = useSession();
  const invite = useInvite();
  const [made, setMade] = useState(sent);
  const [email, setEmail] = useState('');
  const [name, setName] = useState('');
  const [role, setRole] = useState('provider');
  const [language, setLanguage] = useState(practice.language);
  const [errors, setErrors] = useState<Partial<Record<(typeof FIELDS)[number], string>>>({});
  const [refusal, setRefusal] = useState<string>();
  const form = useRef<HTMLFormElement>(null);
  const asked = useRef({ body: '', key: '' });

  const send = (event: FormEvent) => {
    event.preventDefault();
    if (invite.isPending) return;
    const body: NewInvite = { email: email.trim(), ...(name.trim() ? { name: name.trim() } : {}), language, ...chosen(role) };
    const text = JSON.stringify(body);
    if (asked.current.body !== text) asked.current = { body: text, key: uuid() };
    setRefusal(undefined);
    setErrors({});
    invite.mutateAsync({ body, key: asked.current.key }).then(setMade, (error: unknown) => {
      const { byField, whole } = formErrors(words, error, FIELDS);
      setErrors(byField);
      setRefusal(whole);
      focusFirstInvalid(form.current);
    });
  };

  return (
    <SideDrawer title={t(made ? 'staff.invited' : 'staff.invite')} onClose={onClose}>
      {made ? (
        <Done invite={made} onClose={onClose} />
      ) : (
        <form ref={form} noValidate onSubmit={send} className={forms.form} aria-label={t('staff.invite')}>
          {refusal ? (
            <Alert color="red" role="alert" py="xs">
              {refusal}
            </Alert>
          ) : null}
          <div className={forms.fields}>
            <TextInput
              label={t('identity.email')}
              type="email"
              className="ownDirection"
              maxLength={254}
              value={email}
              onChange={(e) => setEmail(e.currentTarget.value)}
              error={errors.email}
              data-autofocus
            />
            <TextInput
              label={t('staff.name')}
              description={t('staff.nameHint')}
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              maxLength={120}
              value={name}
              onChange={(e) => setName(e.currentTarget.value)}
              error={errors.name}
            />
            <RoleField value={role} onChange={setRole} error={errors.role ?? errors.customRoleId} />
            <Select
              label={t('identity.language')}
              data={[
                { value: 'en', label: t('lang.en') },
                { value: 'ar', label: t('lang.ar') },
              ]}
              value={language}
              onChange={(next) => next && setLanguage(next as typeof language)}
              allowDeselect={false}
            />
          </div>
          <div className={forms.foot}>
            <span />
            <Button variant="default" onClick={onClose}>
              {t('action.cancel')}
            </Button>
            <Button type="submit" loading={invite.isPending}>
              {t('staff.send')}
            </Button>
          </div>
        </form>
      )}
    </SideDrawer>
  );
}

function Done({ invite, onClose }: { invite: Invite; onClose: () => void }) {
  const { t, lang } = useLang();
  const { practice } = useSession();
  return (
    <div className={forms.form}>
      <div className={forms.fields}>
        <Text size="sm">{t('staff.invitedText')}</Text>
        {invite.link ? <CopyField label={t('staff.link')} description={t('staff.linkHint')} value={invite.link} /> : null}
        <Text size="sm" c="var(--text-dim)">
          {t('staff.until', { date: formatDateTime(lang, practice.timeZone, invite.expiresAt) })}
        </Text>
      </div>
      <div className={forms.foot}>
        <Button onClick={onClose}>{t('action.done')}</Button>
      </div>
    </div>
  );
}
