import { Button, Title } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { titled } from '@/features/practice/providers/titled';
import { useLang } from '@/shared/i18n';
import { formatLongDate, formatTimes, timeZoneName } from '@/shared/i18n/format';
import { isElsewhere } from '@/shared/zoned';
import type { PublicPractice } from './api';
import { type Booked, Call } from './BookingPage';
import classes from './Online.module.css';
import { type BookingSearch, frameOf, inLang } from './search';

type Props = { practice: PublicPractice; search: BookingSearch; booked: Booked };

/** It is booked: when, where, and what to tell when one calls. */
export function Done({ practice, search, booked: { visit, service, locationId, mailed } }: Props) {
  const { t, lang } = useLang();
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  const what = practice.services.find((one) => one.slug === service);
  const where = practice.locations.find((one) => one.id === locationId);
  const whom = practice.providers.find((one) => one.id === visit.providerId);
  const zone = visit.timeZone;
  const comma = lang === 'ar' ? '، ' : ', ';
  return (
    <div className={classes.card}>
      <div className={classes.sign} data-good aria-hidden>
        <IconCheck size={26} stroke={2} />
      </div>
      <Title order={1} ref={title} tabIndex={-1} className={classes.done}>
        {t('online.done')}
      </Title>
      <p className={classes.lead}>{t(mailed ? 'online.doneMailed' : 'online.doneText')}</p>
      <dl className={classes.summaryList}>
        <dt>{t('online.what')}</dt>
        <dd>{what ? inLang(lang, what.nameEn, what.nameAr) : null}</dd>
        <dt>{t('online.when')}</dt>
        <dd>
          {formatLongDate(lang, zone, visit.start)}
          {comma}
          <span className="tnum">{formatTimes(lang, zone, visit.start, visit.end)}</span>
          {isElsewhere(zone, visit.start) ? <small>{t('online.inZone', { zone: timeZoneName(lang, zone) })}</small> : null}
        </dd>
        {where ? (
          <>
            <dt>{t('online.where')}</dt>
            <dd>
              {inLang(lang, where.name, where.nameAr)}
              <small>{[where.address?.line1, where.address?.city].filter(Boolean).join(comma)}</small>
              {where.phone ? <Call phone={where.phone} /> : null}
            </dd>
          </>
        ) : null}
        {whom ? (
          <>
            <dt>{t('online.withWhom')}</dt>
            <dd>
              <bdi>{titled(whom.name, whom, lang)}</bdi>
            </dd>
          </>
        ) : null}
        <dt>{t('online.reference')}</dt>
        <dd>
          <bdi className="ltr tnum" data-reference>
            {visit.reference}
          </bdi>
        </dd>
      </dl>
      {/* no other page of ours may stand within another website */}
      <Button component="a" href={visit.link} fullWidth mb="sm" {...(window.parent === window ? {} : { target: '_blank', rel: 'noreferrer' })}>
        {t('online.yourVisit')}
      </Button>
      <Button variant="default" fullWidth renderRoot={(props) => <Link {...props} to="/book/$practice" params={{ practice: practice.slug }} search={frameOf(search)} />}>
        {t('online.another')}
      </Button>
    </div>
  );
}
