import { Alert, Button, Input, TextInput, Title, UnstyledButton } from '@mantine/core';
import { IconAlertTriangle, IconArrowLeft } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { titled } from '@/features/practice/providers/titled';
import { ApiProblem, hasCode } from '@/shared/api/problem';
import { useLang } from '@/shared/i18n';
import { formErrors } from '@/shared/i18n/errors';
import { formatLongDate, formatTime, formatTimes, timeZoneName } from '@/shared/i18n/format';
import { DateField } from '@/shared/ui/DateField';
import { isElsewhere } from '@/shared/zoned';
import type { Alternative, BookedVisit, PublicLocation, PublicPractice, PublicProvider, PublicService, Wish } from './api';
import { Call } from './BookingPage';
import classes from './Online.module.css';
import { inLang } from './search';
import { Kept } from './Kept';
import { useNewVisit } from './useNewVisit';

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

/** Who comes: asked while the time is kept. */
export function Details({ practice, service, location, provider, wish, start, onOther, onBack, onBooked }: Props) {
  const { t } = useLang();
  const visit = useNewVisit({ practice, wish, start, onBooked });
  const failure = visit.refusal ?? visit.held.error;
  return (
    <div className={classes.card}>
      <UnstyledButton className={classes.back} onClick={onBack}>
        <IconArrowLeft size={18} stroke={1.7} aria-hidden /> {t('online.otherTime')}
      </UnstyledButton>
      <Title order={1}>{t('online.details')}</Title>
      <Summary service={service} location={location} provider={provider} start={start} keptUntil={visit.held.hold?.expiresAt} />
      {failure ? <Refused error={failure} zone={location.timeZone} phone={practice.phone} onOther={onOther} /> : null}
      <form ref={visit.ref} noValidate onSubmit={visit.submit} className={classes.fields}>
        <Fields practice={practice} form={visit.form} />
        <Button type="submit" size="md" fullWidth loading={visit.sending}>
          {t('online.book')}
        </Button>
        <p className={classes.privacy}>{t('online.privacy', { practice: practice.name })}</p>
      </form>
    </div>
  );
}

type SummaryProps = Pick<Props, 'service' | 'location' | 'provider' | 'start'> & { keptUntil: string | undefined };

/** What is booked, when and where; and for how long it is kept. */
function Summary({ service, location, provider, start, keptUntil }: SummaryProps) {
  const { t, lang } = useLang();
  const zone = location.timeZone;
  const end = new Date(Date.parse(start) + service.durationMinutes * 60_000).toISOString();
  return (
    <div className={classes.summary}>
      <b>{inLang(lang, service.nameEn, service.nameAr)}</b>
      <span>
        {formatLongDate(lang, zone, start)}, <span className="tnum">{formatTimes(lang, zone, start, end)}</span>
      </span>
      {isElsewhere(zone, start) ? <small>{t('online.inZone', { zone: timeZoneName(lang, zone) })}</small> : null}
      <span>{[inLang(lang, location.name, location.nameAr), provider ? titled(provider.name, provider, lang) : null].filter(Boolean).join(' · ')}</span>
      {keptUntil ? <Kept until={keptUntil} /> : null}
    </div>
  );
}

function Fields({ practice, form }: { practice: PublicPractice; form: ReturnType<typeof useNewVisit>['form'] }) {
  const { t } = useLang();
  const { values, errors } = form;
  return (
    <>
      <div className={classes.two}>
        <TextInput label={t('online.givenName')} autoComplete="given-name" maxLength={80} required {...form.getInputProps('givenName')} />
        <TextInput label={t('online.familyName')} autoComplete="family-name" maxLength={80} {...form.getInputProps('familyName')} />
      </div>
      <DateField label={t('online.birthDate')} min="1900-01-01" max={new Date().toISOString().slice(0, 10)} autoComplete="bday" required value={values.birthDate} error={errors.birthDate} onChange={(day) => form.setFieldValue('birthDate', day)} />
      <TextInput label={t('online.phone')} type="tel" inputMode="tel" autoComplete="tel" className="ownDirection tnum" maxLength={40} required {...form.getInputProps('phone')} />
      {practice.email === 'no' ? null : (
        <TextInput label={t(practice.email === 'required' ? 'online.email' : 'online.emailOptional')} description={t('online.emailText')} type="email" autoComplete="email" className="ownDirection" maxLength={254} required={practice.email === 'required'} {...form.getInputProps('email')} />
      )}
      {practice.reason === 'no' ? null : (
        <Input.Wrapper label={t(practice.reason === 'required' ? 'online.reason' : 'online.reasonOptional')} id="reason" required={practice.reason === 'required'} error={errors.reason}>
          <Input component="textarea" id="reason" multiline rows={3} maxLength={500} className={classes.area ?? ''} error={!!errors.reason} value={values.reason} onChange={(event) => form.setFieldValue('reason', event.currentTarget.value)} />
        </Input.Wrapper>
      )}
      {/* seen by programs only, which fill in whatever they find */}
      <div className={classes.unseen} aria-hidden>
        <input type="text" tabIndex={-1} autoComplete="off" name="website" value={values.website} onChange={(event) => form.setFieldValue('website', event.currentTarget.value)} />
      </div>
      <label className={classes.agree}>
        <input type="checkbox" checked={values.reminders} onChange={(event) => form.setFieldValue('reminders', event.currentTarget.checked)} />
        <span>{t('online.reminders')}</span>
      </label>
    </>
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
