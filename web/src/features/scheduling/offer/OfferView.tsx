import { Alert, Button, Skeleton } from '@mantine/core';
import { IconCalendarCheck, IconCheck, IconHourglassHigh, IconHourglassOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { hasCode } from '@/shared/api/problem';
import { useLang } from '@/shared/i18n';
import { formatLongDate, formatTime } from '@/shared/i18n/format';
import { Failed } from '@/shared/ui/Page';
import { useNow } from '../book/KeptFor';
import { Frame, Note, speakTheirs } from '../visit-link/Frame';
import type { ViewProps } from '../visit-link/LinkPage';
import classes from '../visit-link/VisitLink.module.css';
import { Call, ended, VisitFacts } from '../visit-link/VisitView';
import { useRefusalText } from '../visit-link/words';
import { type Offered, offerQuery, useAnswer } from './api';

const MINUTE = 60_000;
const TICK_MS = 5_000;
/** What a refusal says that the offer itself says better, once it is looked at again. */
const OVER = ['offer.taken', 'offer.expired', 'offer.declined', 'offer.over'];

/** A time that became free, for whom it was offered to: take it, or not. */
export function OfferView({ opened, onEnded }: ViewProps) {
  const { t } = useLang();
  const found = useQuery(offerQuery(opened));
  const offer = found.data;
  useEffect(() => {
    if (ended(found.error)) onEnded(found.error);
  });
  const language = offer?.language;
  useEffect(() => {
    if (language) speakTheirs(language);
  }, [language]);
  if (offer) return <Look opened={opened} offer={offer} onEnded={onEnded} />;
  return <Frame title={t('offer.title')}>{found.error && !ended(found.error) ? <Failed error={found.error} retry={() => void found.refetch()} /> : <Skeleton h={260} />}</Frame>;
}

function Look({ opened, offer, onEnded }: ViewProps & { offer: Offered }) {
  const { t, lang } = useLang();
  const textOf = useRefusalText();
  const answer = useAnswer(opened);
  const left = Math.max(0, Math.ceil((Date.parse(offer.expiresAt) - useNow(TICK_MS)) / MINUTE));
  const status = offer.status === 'sent' && !left ? 'expired' : offer.status;
  const { error } = answer;
  const refusal = error && !OVER.some((code) => hasCode(error, code)) ? (hasCode(error, 'appointment.patient_busy') ? t('offer.elsewhere') : textOf(error)) : undefined;
  const go = (what: 'accept' | 'decline') =>
    answer.mutate(what, {
      onError: (why) => {
        if (ended(why)) onEnded(why);
      },
    });
  const isOver = status !== 'sent' && status !== 'accepted';
  const instead = offer.insteadOf ? [formatLongDate(lang, offer.timeZone, offer.insteadOf), formatTime(lang, offer.timeZone, offer.insteadOf)].join(lang === 'ar' ? '، ' : ', ') : undefined;
  return (
    <Frame title={t(`offer.is.${status}`)} practice={offer.practice}>
      {status === 'sent' ? (
        <p className={classes.lead}>{t('offer.about.sent', { practice: offer.practice.name })}</p>
      ) : (
        <Note tone={status === 'accepted' ? 'good' : 'plain'} icon={status === 'accepted' ? <IconCalendarCheck size={22} stroke={1.7} /> : <IconHourglassOff size={22} stroke={1.7} />}>
          <p>{t(`offer.about.${status}`, { practice: offer.practice.name })}</p>
        </Note>
      )}
      <VisitFacts visit={{ ...offer, status: isOver ? 'cancelled' : 'scheduled' }} />
      {status === 'sent' && instead ? <p className={classes.lead}>{t('offer.insteadOf', { when: instead })}</p> : null}
      {refusal ? (
        <Alert color="red" role="alert">
          {refusal}
        </Alert>
      ) : null}
      {status === 'sent' ? (
        <>
          <Note tone="warn" icon={<IconHourglassHigh size={22} stroke={1.7} />}>
            <p>
              {t('offer.left', { count: left })} {t('offer.others')}
            </p>
          </Note>
          <div className={classes.actions} role="group" aria-label={t('offer.answer')}>
            <Button size="lg" fullWidth leftSection={<IconCheck size={20} />} loading={answer.isPending} onClick={() => go('accept')}>
              {t('offer.accept')}
            </Button>
            <Button size="lg" fullWidth variant="default" disabled={answer.isPending} onClick={() => go('decline')}>
              {t('offer.decline')}
            </Button>
          </div>
        </>
      ) : null}
      <Call phone={offer.practice.phone} />
    </Frame>
  );
}
