import { Skeleton, Text, Title } from '@mantine/core';
import { IconChevronRight, IconKeyboard, IconStethoscope } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { OnboardingCard } from '@/features/practice/onboarding/OnboardingCard';
import { serviceListQuery } from '@/features/practice/services/api';
import { useCan, useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { displayName, formatLongDate, hourIn, timeZoneName } from '@/shared/i18n/format';
import { PageHeader, usePageTitle } from '@/shared/ui/Page';
import classes from './HomePage.module.css';
import { settingsNav, visible } from './nav';

/** What a day in a practice begins with, besides its services. */
const daily = settingsNav.flatMap((group) => group.items).filter((item) => ['/settings/hours', '/settings/absences', '/settings/staff'].includes(item.to));

const greetingAt = (hour: number) => (hour < 12 ? 'home.morning' : hour < 17 ? 'home.afternoon' : 'home.evening');

function ServicesCard() {
  const { t } = useLang();
  const can = useCan();
  const { data, isError } = useInfiniteQuery(serviceListQuery({}));
  const count = data?.pages.reduce((n, page) => n + page.items.length, 0) ?? 0;
  const more = !!data?.pages.at(-1)?.nextCursor;
  const empty = data && count === 0;
  return (
    <Link to="/settings/services" search={empty && can('services.write') ? { new: true } : {}} className={classes.card}>
      <IconStethoscope size={22} stroke={1.6} className={classes.icon} aria-hidden />
      <span className={classes.cardText}>
        <b>{t('nav.services')}</b>
        <span>
          {!data && !isError ? (
            <Skeleton component="span" display="inline-block" h={12} w={120} />
          ) : empty ? (
            t(can('services.write') ? 'home.services.first' : 'home.services.none')
          ) : data ? (
            t(more ? 'services.countMore' : 'services.count', { count })
          ) : (
            t('home.services.about')
          )}
        </span>
      </span>
      <IconChevronRight size={18} stroke={1.7} className={classes.chevron} aria-hidden />
    </Link>
  );
}

/** Says where one is, and leads to what there is. */
export function HomePage() {
  const { t, lang } = useLang();
  const { user, practice, role } = useSession();
  const can = useCan();
  const now = new Date();
  usePageTitle(t('nav.home'));

  const facts = [
    { label: t('home.fact.practice'), value: practice.name },
    { label: t('home.fact.address'), value: <bdi className="ltr">{practice.slug}</bdi> },
    { label: t('home.fact.country'), value: displayName(lang, 'region', practice.country) },
    { label: t('home.fact.timeZone'), value: timeZoneName(lang, practice.timeZone) },
    { label: t('home.fact.currency'), value: displayName(lang, 'currency', practice.currency) },
    { label: t('home.fact.role'), value: t(`role.${role}`) },
  ];

  return (
    <>
      <PageHeader title={t(greetingAt(hourIn(practice.timeZone, now)), { name: user.name })} sub={formatLongDate(lang, practice.timeZone, now)} />
      <div className={classes.grid}>
        <OnboardingCard />
        <section className={classes.panel} aria-labelledby="home-go">
          <Title order={2} id="home-go" mb={6}>
            {t('home.go')}
          </Title>
          {can('services.read') ? <ServicesCard /> : null}
          {visible(daily, can).map((item) => (
            <Link key={item.to} to={item.to} className={classes.card}>
              <item.icon size={22} stroke={1.6} />
              <span className={classes.cardText}>
                <b>{t(item.label)}</b>
                {item.about ? <span>{t(item.about)}</span> : null}
              </span>
              <IconChevronRight size={18} stroke={1.7} className={classes.chevron} aria-hidden />
            </Link>
          ))}
          <div className={classes.hint}>
            <IconKeyboard size={22} stroke={1.6} className={classes.icon} aria-hidden />
            <Text size="sm" c="var(--text-dim)">
              {t('home.keys')}
            </Text>
          </div>
        </section>
        <section className={classes.panel}>
          <Title order={2} mb={6}>
            {t('home.practice')}
          </Title>
          <dl className={classes.facts}>
            {facts.map((fact) => (
              <div key={fact.label}>
                <dt>{fact.label}</dt>
                <dd>{fact.value}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </>
  );
}
