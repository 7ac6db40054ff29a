import { Alert, Button, Skeleton } from '@mantine/core';
import { IconArrowsExchange, IconCalendarCheck, IconCalendarPlus, IconCalendarX, IconCheck, IconHistory, IconMapPin, IconPhone, IconStethoscope } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { hasCode } from '@/shared/api/problem';
import { type Lang, type T, useLang } from '@/shared/i18n';
import { formatDateTime, formatLongDate, formatTimes, timeZoneName } from '@/shared/i18n/format';
import { localName } from '@/shared/names';
import { Failed } from '@/shared/ui/Page';
import { saveFile } from '@/shared/ui/saveFile';
import { isElsewhere } from '@/shared/zoned';
import { titled } from '@/features/practice/providers/titled';
import { namesOf } from '@/features/practice/services/labels';
import { type Opened, takeCalendar, useConfirm, type Visit, visitQuery } from './api';
import { CancelVisit } from './CancelVisit';
import { Frame, Note, speakTheirs } from './Frame';
import type { ViewProps } from './LinkPage';
import { MoveVisit } from './MoveVisit';
import classes from './VisitLink.module.css';
import { useRefusalText } from './words';

/** Whether the server does not know the link (any more), or asks again who it is. */
export const ended = (error: unknown) => hasCode(error, 'patient_link.refused') || hasCode(error, 'auth.token_expired') || hasCode(error, 'auth.required');

/** The visit behind a link, and everything that the patient can do with it. */
export function VisitView({ opened, onEnded }: ViewProps) {
  const { t } = useLang();
  const found = useQuery(visitQuery(opened));
  const [step, setStep] = useState<'look' | 'move' | 'cancel'>('look');
  const visit = found.data;
  useEffect(() => {
    if (ended(found.error)) onEnded(found.error);
  });
  const language = visit?.language;
  useEffect(() => {
    if (language) speakTheirs(language);
  }, [language]);

  if (!visit)
    return <Frame title={t('visitLink.title')}>{found.error && !ended(found.error) ? <Failed error={found.error} retry={() => void found.refetch()} /> : <Skeleton h={260} />}</Frame>;
  const back = () => setStep('look');
  if (step === 'move' && !visit.actions.move.refusal) return <MoveVisit opened={opened} visit={visit} onBack={back} onEnded={onEnded} />;
  if (step === 'cancel' && !visit.actions.cancel.refusal) return <CancelVisit opened={opened} visit={visit} onBack={back} onEnded={onEnded} />;
  return <Look opened={opened} visit={visit} onStep={setStep} onEnded={onEnded} />;
}

type LookProps = ViewProps & { opened: Opened; visit: Visit; onStep: (step: 'move' | 'cancel') => void };

function Look({ opened, visit, onStep, onEnded }: LookProps) {
  const { t, lang } = useLang();
  const textOf = useRefusalText();
  const confirm = useConfirm(opened);
  const [failed, setFailed] = useState<unknown>();
  const { actions } = visit;
  const open = actions.confirm.refusal !== 'over';
  const attempt = async (work: () => Promise<unknown>) => {
    setFailed(undefined);
    try {
      await work();
    } catch (error) {
      if (ended(error)) onEnded(error);
      else setFailed(error);
    }
  };
  return (
    <Frame title={t('visitLink.title')} practice={visit.practice}>
      <State visit={visit} />
      <VisitFacts visit={visit} />
      {failed ? (
        <Alert color="red" role="alert">
          {textOf(failed)}
        </Alert>
      ) : null}
      {open ? (
        <div className={classes.actions} role="group" aria-label={t('visitLink.actions')}>
          {actions.confirm.refusal ? null : (
            <Button size="lg" fullWidth leftSection={<IconCheck size={20} />} loading={confirm.isPending} onClick={() => void attempt(() => confirm.mutateAsync(visit.version))}>
              {t('visitLink.confirm')}
            </Button>
          )}
          {actions.move.refusal ? null : (
            <Button size="lg" fullWidth variant="default" leftSection={<IconArrowsExchange size={20} />} onClick={() => onStep('move')}>
              {t('visitLink.move')}
            </Button>
          )}
          <Button size="lg" fullWidth variant="default" leftSection={<IconCalendarPlus size={20} />} onClick={() => void attempt(async () => saveFile(await takeCalendar(opened), 'visit.ics'))}>
            {t('visitLink.calendar')}
          </Button>
          {actions.cancel.refusal ? null : (
            <Button size="lg" fullWidth variant="subtle" color="red" leftSection={<IconCalendarX size={20} />} onClick={() => onStep('cancel')}>
              {t('visitLink.cancel')}
            </Button>
          )}
        </div>
      ) : null}
      <WhyNot visit={visit} t={t} lang={lang} />
      <Call phone={visit.practice.phone} />
    </Frame>
  );
}

/** In one sentence, how it stands. */
function State({ visit }: { visit: Visit }) {
  const { t } = useLang();
  if (visit.status === 'cancelled')
    return (
      <Note tone="plain" icon={<IconCalendarX size={22} stroke={1.7} />}>
        <p>{t('visitLink.isCancelled')}</p>
      </Note>
    );
  if (visit.actions.confirm.refusal === 'over')
    return (
      <Note tone="plain" icon={<IconHistory size={22} stroke={1.7} />}>
        <p>{t('visitLink.isOver')}</p>
      </Note>
    );
  if (visit.status === 'confirmed')
    return (
      <Note icon={<IconCalendarCheck size={22} stroke={1.7} />}>
        <p>{t('visitLink.isConfirmed')}</p>
      </Note>
    );
  return <p className={classes.lead}>{t('visitLink.please')}</p>;
}

/** Until when it could have been done here, and what is left. */
function WhyNot({ visit, t, lang }: { visit: Visit; t: T; lang: Lang }) {
  const { move, cancel } = visit.actions;
  const until = (at: string) => formatDateTime(lang, visit.timeZone, at);
  const lines = [
    move.refusal === 'tooLate' ? t('visitLink.tooLateToMove', { until: until(move.until) }) : move.refusal === 'tooOften' ? t('visitLink.tooOften') : undefined,
    cancel.refusal === 'tooLate' ? t('visitLink.tooLateToCancel', { until: until(cancel.until) }) : undefined,
  ].filter((line) => line !== undefined);
  if (!lines.length) return null;
  return (
    <div className={classes.hint}>
      {lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
      <p>{t('visitLink.callInstead')}</p>
    </div>
  );
}

/** Where to call when something else is wanted. */
export function Call({ phone }: { phone: string | null }) {
  const { t } = useLang();
  if (!phone) return null;
  return (
    <Button component="a" href={`tel:${phone}`} variant="subtle" size="lg" fullWidth leftSection={<IconPhone size={18} />}>
      {t('visitLink.call')}{' '}
      <bdi className="ltr" style={{ marginInlineStart: 6 }}>
        {phone}
      </bdi>
    </Button>
  );
}

/** When, what, with whom and where. */
export function VisitFacts({ visit }: { visit: Pick<Visit, 'start' | 'end' | 'timeZone' | 'status' | 'place' | 'providers' | 'serviceEn' | 'serviceAr'> }) {
  const { t, lang } = useLang();
  const { place } = visit;
  const service = namesOf({ nameEn: visit.serviceEn, nameAr: visit.serviceAr }, lang).name;
  const address = place.address ? [place.address.line1, place.address.line2, place.address.city].filter(Boolean) : [];
  const line = (icon: ReactNode, label: string, children: ReactNode) => (
    <div>
      <dt aria-label={label}>{icon}</dt>
      <dd>{children}</dd>
    </div>
  );
  return (
    <>
      <div className={classes.when} data-struck={visit.status === 'cancelled' || undefined}>
        <b>{formatLongDate(lang, visit.timeZone, visit.start)}</b>
        <span className="tnum">{formatTimes(lang, visit.timeZone, visit.start, visit.end)}</span>
        {isElsewhere(visit.timeZone, visit.start) ? <small>{timeZoneName(lang, visit.timeZone)}</small> : null}
      </div>
      <dl className={classes.facts}>
        {line(
          <IconStethoscope size={20} stroke={1.6} aria-hidden />,
          t('visitLink.what'),
          <>
            <bdi>{service}</bdi>
            {visit.providers.map((one) => (
              <small key={one.name}>
                <bdi>{titled(one.name, one, lang)}</bdi>
              </small>
            ))}
          </>,
        )}
        {line(
          <IconMapPin size={20} stroke={1.6} aria-hidden />,
          t('visitLink.where'),
          <>
            <bdi>{localName(place, lang)}</bdi>
            {address.length ? (
              <small>
                <bdi>{address.join(lang === 'ar' ? '، ' : ', ')}</bdi>
              </small>
            ) : null}
          </>,
        )}
      </dl>
    </>
  );
}
