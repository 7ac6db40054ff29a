import { Alert, Badge, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import { useLang } from '@/shared/i18n';
import { formErrors, useErrorText } from '@/shared/i18n/errors';
import { focusFirstInvalid } from '@/shared/ui/focus';
import { toast } from '@/shared/ui/toast';
import { type Invite, invitesQuery, type Practice, useReplaceOwner, useResend } from './api';
import classes from './ConsolePage.module.css';
import { Section } from './Facts';
import { useWhen } from './when';

const colours = { open: 'blue', accepted: 'teal', expired: 'yellow', revoked: 'gray' } as const;

/** Whom the platform invited when it founded the practice; nothing for one that signed up by itself. */
export function PlatformInvites({ practice }: { practice: Practice }) {
  const { t } = useLang();
  const items = useQuery(invitesQuery(practice.id)).data?.items;
  if (!items || (items.length === 0 && !practice.waitingForOwner)) return null;
  return (
    <Section title={t('console.invites')}>
      <ul className={classes.plain}>
        {items.map((invite) => (
          <Row key={invite.id} practice={practice.id} invite={invite} />
        ))}
      </ul>
      {practice.waitingForOwner ? <OtherOwner practice={practice.id} /> : null}
    </Section>
  );
}

function Row({ practice, invite }: { practice: string; invite: Invite }) {
  const { t } = useLang();
  const when = useWhen();
  const textOf = useErrorText();
  const resend = useResend(practice);
  const waits = invite.status === 'open' || invite.status === 'expired';
  return (
    <li className={classes.inviteRow}>
      <div className={classes.about}>
        <div className={classes.head}>
          <b>
            <bdi>{invite.name ?? invite.email}</bdi>
          </b>
          <span>{t(`role.${invite.role}`)}</span>
          <Badge color={colours[invite.status]} variant="light" className={classes.badge}>
            {t(`console.invite.${invite.status}`)}
          </Badge>
        </div>
        <Text size="sm" c="var(--text-dim)">
          <bdi className="ltr">{invite.email}</bdi>
          {waits ? ` · ${t('console.invite.until', { time: when(invite.expiresAt) ?? '' })}` : ''}
        </Text>
        {resend.isError ? (
          <Alert color="red" py="xs" role="alert">
            {textOf(resend.error)}
          </Alert>
        ) : null}
      </div>
      {waits ? (
        <Button size="xs" variant="default" loading={resend.isPending} onClick={() => resend.mutate(invite.id, { onSuccess: () => toast.done(t('console.invite.sent')) })}>
          {t('console.invite.resend')}
        </Button>
      ) : null}
    </li>
  );
}

/** For an address that was wrong. What was open for an owner before is taken back. */
function OtherOwner({ practice }: { practice: string }) {
  const words = useLang();
  const { t } = words;
  const replace = useReplaceOwner(practice);
  const form = useRef<HTMLFormElement>(null);
  const [asking, setAsking] = useState(false);
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const { byField, whole } = replace.error ? formErrors(words, replace.error, ['name', 'email']) : { byField: {}, whole: undefined };
  if (!asking) {
    return (
      <Button variant="subtle" onClick={() => setAsking(true)}>
        {t('console.owner.other')}
      </Button>
    );
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    replace.mutate(
      { name: name.trim(), email: email.trim() },
      {
        onSuccess: () => {
          setAsking(false);
          toast.done(t('console.invite.sent'));
        },
        onError: () => focusFirstInvalid(form.current),
      },
    );
  };
  return (
    <form ref={form} noValidate onSubmit={submit} aria-label={t('console.owner.other')}>
      <Stack gap="sm">
        <Text size="sm">{t('console.owner.otherText')}</Text>
        {whole ? (
          <Alert color="red" py="xs" role="alert">
            {whole}
          </Alert>
        ) : null}
        <TextInput label={t('console.owner.name')} maxLength={120} autoFocus value={name} error={byField.name} onChange={(e) => setName(e.currentTarget.value)} />
        <TextInput
          label={t('identity.email')}
          type="email"
          className="ownDirection"
          maxLength={254}
          value={email}
          error={byField.email}
          onChange={(e) => setEmail(e.currentTarget.value)}
        />
        <Group gap="xs">
          <Button variant="default" onClick={() => setAsking(false)}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" loading={replace.isPending}>
            {t('console.owner.invite')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
