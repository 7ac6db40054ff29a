import { Alert, Title } from '@mantine/core';
import { IconChevronRight, IconClockHour4 } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useLang } from '@/shared/i18n';
import { showMoney } from '@/shared/i18n/money';
import { useDuration } from '../today/useDuration';
import { type PublicPractice, type PublicService } from './api';
import classes from './Online.module.css';
import { type BookingSearch, frameOf, inLang } from './search';

/** What can be booked. */
export function Services({ practice, search, missing }: { practice: PublicPractice; search: BookingSearch; missing: boolean }) {
  const { t } = useLang();
  return (
    <div className={classes.card}>
      <Title order={1}>{t('online.title')}</Title>
      <p className={classes.lead}>{t('online.chooseService')}</p>
      {missing ? (
        <Alert color="yellow" py="xs" mb="md">
          {t('online.serviceGone')}
        </Alert>
      ) : null}
      <ul className={classes.list}>
        {practice.services.map((service) => (
          <li key={service.slug}>
            <Link to="/book/$practice/$service" params={{ practice: practice.slug, service: service.slug }} search={frameOf(search)} className={classes.service}>
              <About service={service} />
              <IconChevronRight size={20} stroke={1.7} className={classes.chevron} aria-hidden />
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** A service with how long it takes and what it costs. */
export function About({ service }: { service: PublicService }) {
  const { t, lang } = useLang();
  const durationOf = useDuration();
  const text = inLang(lang, service.textEn ?? '', service.textAr) || service.textEn || service.textAr;
  return (
    <span className={classes.about}>
      <b>{inLang(lang, service.nameEn, service.nameAr)}</b>
      {text ? <span className={classes.text}>{text}</span> : null}
      <span className={classes.facts}>
        <span>
          <IconClockHour4 size={15} stroke={1.8} aria-hidden /> {durationOf(service.durationMinutes)}
        </span>
        <span className="tnum">
          {service.price.amountMinor === 0 ? t('online.free') : showMoney(lang, service.price)}
          {service.price.amountMinor > 0 && service.vatCategory === 'standard' ? ` ${t('online.plusVat')}` : ''}
        </span>
        {service.deposit ? <span>{t('online.deposit')}</span> : null}
        {service.newPatients ? null : <span>{t('online.knownOnly')}</span>}
      </span>
    </span>
  );
}
