import { Alert, Button, Input, TextInput, Title, UnstyledButton } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconAlertTriangle, IconArrowLeft } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { titled } from '@/features/practice/providers/titled';
import { ApiProblem, hasCode } from '@/shared/api/problem';
import { useSendKey } from '@/shared/forms/useSubmit';
import { useLang } from '@/shared/i18n';
import { formErrors } from '@/shared/i18n/errors';
import { formatLongDate, formatTime, formatTimes, timeZoneName } from '@/shared/i18n/format';
import { DateField } from '@/shared/ui/DateField';
import { focusFirstInvalid } from '@/shared/ui/focus';
import { type Alternative, book, type BookedVisit, type NewVisit, type PublicLocation, type PublicPractice, type PublicProvider, type PublicService, type Wish } from './api';
import { Call } from './BookingPage';
import classes from './Online.module.css';
import { inLang } from './search';
import { isElsewhere } from './times';
import { Kept } from './Kept';
import { useHeld } from './useHeld';

type Props = {
  practice: PublicPractice;
  service: PublicService;
  location: PublicLocation;
  provider: PublicProvider | undefined;
  wish: Wish;
  start: string;
  onOther: (to: Alternative) => void;
  onBack: () => void;
  onBooked: (visit: BookedVisit, mailed: boolean) => void;
};

const fields = ['givenName', 'familyName', 'birthDate', 'phone', 'email', 'reason'] as const;
const PHONE = /^[+\d\s().-]{3,40}$/;
const EMAIL = /^[^@\s]+@[^@\s]+\.[^@\s]+$/;

/** Who comes: asked while the time is kept. */
export function Details({ practice, service, location, provider, wish, start, onOther, onBack, onBooked }: Props) {
  const words = useLang();
  const { t, lang } = words;
  const client = useQueryClient();
  const ref = useRef<HTMLFormElement>(null);
  const keyFor = useSendKey();
  const held = useHeld({ ...wish, start });
  const [refusal, setRefusal] = useState<unknown>();
  useEffect(() => setRefusal(undefined), [start]);
  const send = useMutation({ mutationFn: (body: NewVisit) => book(body, keyFor(body)) });
  const required = (value: string) => (value.trim() ? null : t('field.required'));
  const form = useForm({
    initialValues: { givenName: '', familyName: '', birthDate: '', phone: '', email: '', reason: '', reminders: true, website: '' },
    validate: {
      givenName: required,
      birthDate: required,
      phone: (value) => required(value) ?? (PHONE.test(value) ? null : t('field.invalid_phone')),
      email: (value) => (practice.email === 'required' ? required(value) : null) ?? (!value.trim() || EMAIL.test(value.trim()) ? null : t('field.invalid_email')),
      reason: (value) => (practice.reason === 'required' ? required(value) : null),
    },
  });
  const submit = form.onSubmit(
    async ({ familyName, email, reason, ...rest }) => {
      const more = { familyName: familyName.trim(), email: email.trim(), reason: reason.trim() };
      const body: NewVisit = { ...wish, start, ...(held.hold ? { hold: { id: held.hold.id, key: held.hold.key } } : {}), ...rest, ...Object.fromEntries(Object.entries(more).filter(([, value]) => value)), language: lang };
      setRefusal(undefined);
      try {
        const visit = await send.mutateAsync(body);
        held.keep();
        void client.invalidateQueries({ queryKey: ['booking', 'times'] });
        onBooked(visit, !!more.email);
      } catch (error) {
        const { byField, whole } = formErrors(words, error, fields);
        form.setErrors(byField);
        if (whole) setRefusal(error);
        focusFirstInvalid(ref.current);
      }
    },
    () => focusFirstInvalid(ref.current),
  );
  const failure = refusal ?? held.error;
  const zone = location.timeZone;
  const end = new Date(Date.parse(start) + service.durationMinutes * 60_000).toISOString();
  return (
    <div className={classes.card}>
      <UnstyledButton className={classes.back} onClick={onBack}>
        <IconArrowLeft size={18} stroke={1.7} aria-hidden /> {t('online.otherTime')}
      </UnstyledButton>
      <Title order={1}>{t('online.details')}</Title>
      <div className={classes.summary}>
        <b>{inLang(lang, service.nameEn, service.nameAr)}</b>
        <span>
          {formatLongDate(lang, zone, start)}, <span className="tnum">{formatTimes(lang, zone, start, end)}</span>
        </span>
        {isElsewhere(zone, Intl.DateTimeFormat().resolvedOptions().timeZone, start) ? <small>{t('online.inZone', { zone: timeZoneName(lang, zone) })}</small> : null}
        <span>{[inLang(lang, location.name, location.nameAr), provider ? titled(provider.name, provider, lang) : null].filter(Boolean).join(' · ')}</span>
        {held.hold ? <Kept until={held.hold.expiresAt} /> : null}
      </div>
      {failure ? <Refused error={failure} zone={zone} phone={practice.phone} onOther={onOther} /> : null}
      <form ref={ref} noValidate onSubmit={submit} className={classes.fields}>
        <div className={classes.two}>
          <TextInput label={t('online.givenName')} autoComplete="given-name" maxLength={80} required {...form.getInputProps('givenName')} />
          <TextInput label={t('online.familyName')} autoComplete="family-name" maxLength={80} {...form.getInputProps('familyName')} />
        </div>
        <DateField label={t('online.birthDate')} min="1900-01-01" max={new Date().toISOString().slice(0, 10)} autoComplete="bday" required value={form.values.birthDate} error={form.errors.birthDate} onChange={(day) => form.setFieldValue('birthDate', day)} />
        <TextInput label={t('online.phone')} type="tel" inputMode="tel" autoComplete="tel" className="ownDirection tnum" maxLength={40} required {...form.getInputProps('phone')} />
        {practice.email === 'no' ? null : (
          <TextInput label={t(practice.email === 'required' ? 'online.email' : 'online.emailOptional')} description={t('online.emailText')} type="email" autoComplete="email" className="ownDirection" maxLength={254} required={practice.email === 'required'} {...form.getInputProps('email')} />
        )}
        {practice.reason === 'no' ? null : (
          <Input.Wrapper label={t(practice.reason === 'required' ? 'online.reason' : 'online.reasonOptional')} id="reason" required={practice.reason === 'required'} error={form.errors.reason}>
            <Input component="textarea" id="reason" multiline rows={3} maxLength={500} className={classes.area ?? ''} error={!!form.errors.reason} value={form.values.reason} onChange={(event) => form.setFieldValue('reason', event.currentTarget.value)} />
          </Input.Wrapper>
        )}
        {/* seen by programs only, which fill in whatever they find */}
        <div className={classes.unseen} aria-hidden>
          <label>
            Website
            <input type="text" tabIndex={-1} autoComplete="off" name="website" value={form.values.website} onChange={(event) => form.setFieldValue('website', event.currentTarget.value)} />
          </label>
        </div>
        <label className={classes.agree}>
          <input type="checkbox" checked={form.values.reminders} onChange={(event) => form.setFieldValue('reminders', event.currentTarget.checked)} />
          <span>{t('online.reminders')}</span>
        </label>
        <Button type="submit" size="md" fullWidth loading={send.isPending}>
          {t('online.book')}
        </Button>
        <p className={classes.privacy}>{t('online.privacy', { practice: practice.name })}</p>
      </form>
    </div>
  );
}

type RefusedProps = { error: unknown; zone: string; phone: string | null; onOther: (to: Alternative) => void };

/** Why it cannot be; where it is the time, with others near it. */
function Refused({ error, zone, phone, onOther }: RefusedProps) {
  const words = useLang();
  const { t, lang } = words;
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    void ref.current?.scrollIntoView({ block: 'nearest' });
  }, [error]);
  const alternatives = error instanceof ApiProblem ? ((error.problem.current as { alternatives?: Alternative[] } | undefined)?.alternatives ?? []) : [];
  const toCall = phone && (hasCode(error, 'booking.known_only') || hasCode(error, 'booking.too_many') || hasCode(error, 'booking.too_soon'));
  return (
    <Alert ref={ref} color="yellow" icon={<IconAlertTriangle />} role="alert" my="md">
      {formErrors(words, error, []).whole} {toCall ? <Call phone={phone} /> : null}
      {alternatives.length ? (
        <>
          <p className={classes.instead}>{t('online.instead')}</p>
          <div className={classes.alternatives}>
            {alternatives.map((one) => (
              <Button key={one.start} variant="default" onClick={() => onOther(one)} data-alternative={one.start}>
                {formatLongDate(lang, zone, one.start)}, {formatTime(lang, zone, one.start)}
              </Button>
            ))}
          </div>
        </>
      ) : null}
    </Alert>
  );
}
