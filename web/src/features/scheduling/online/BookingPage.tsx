import { Button, Skeleton, Title } from '@mantine/core';
import { IconCalendarOff, IconPhone } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { type ReactNode, useEffect, useState } from 'react';
import { hasCode } from '@/shared/api/problem';
import { setLang, useLang } from '@/shared/i18n';
import { Failed, usePageTitle } from '@/shared/ui/Page';
import { LanguageSwitch, ThemeSwitch } from '@/shared/ui/Switches';
import { type BookedVisit, practiceQuery, type PublicPractice } from './api';
import { Done } from './Done';
import classes from './Online.module.css';
import { type BookingSearch } from './search';
import { Services } from './Services';
import { useHeight } from './useHeight';
import { When } from './When';

/** What somebody has booked, and how: it is kept in this page alone. */
export type Booked = { visit: BookedVisit; service: string; locationId: string; mailed: boolean };

/** A practice's page, on which everybody may book by themselves; also within other websites. */
export function BookingPage() {
  const { practice: slug, service } = useParams({ strict: false }) as { practice?: string; service?: string };
  const search = useSearch({ strict: false }) as BookingSearch;
  const { t } = useLang();
  const practice = useQuery(practiceQuery(slug));
  const [booked, setBooked] = useState<Booked>();
  useEffect(() => {
    if (search.lang) void setLang(search.lang, { remember: false });
  }, [search.lang]);
  usePageTitle(practice.data?.name ?? t('online.title'));
  useHeight(practice.data?.origins);

  const chosen = practice.data?.services.find((one) => one.slug === service);
  return (
    <Frame practice={practice.data} embed={!!search.embed}>
      {practice.data ? (
        search.done && booked ? (
          <Done practice={practice.data} search={search} booked={booked} />
        ) : chosen ? (
          <When key={chosen.slug} practice={practice.data} service={chosen} search={search} onBooked={setBooked} />
        ) : practice.data.services.length ? (
          <Services practice={practice.data} search={search} missing={!!service} />
        ) : (
          <Closed phone={practice.data.phone} />
        )
      ) : practice.error ? (
        hasCode(practice.error, 'not_found') ? (
          <Closed phone={null} />
        ) : (
          <Failed error={practice.error} retry={() => void practice.refetch()} />
        )
      ) : (
        <div className={classes.card} aria-busy>
          <Skeleton h={28} w="60%" mb="lg" />
          <Skeleton h={72} mb="sm" radius={10} />
          <Skeleton h={72} mb="sm" radius={10} />
          <Skeleton h={72} radius={10} />
        </div>
      )}
    </Frame>
  );
}

function Frame({ practice, embed, children }: { practice: PublicPractice | undefined; embed: boolean; children: ReactNode }) {
  const { t } = useLang();
  const navigate = useNavigate();
  const [logo, setLogo] = useState(true);
  const speak = async (lang: 'en' | 'ar') => {
    await setLang(lang);
    await navigate({ to: '.', search: (now: BookingSearch) => ({ ...now, lang }) as never, replace: true });
  };
  return (
    <div className={classes.page} data-embed={embed || undefined}>
      <header className={classes.top}>
        <div className={classes.brand}>
          {practice && !embed ? (
            <>
              {practice.hasLogo && logo ? <img src={`/api/v1/auth/practice/logo?slug=${practice.slug}`} alt="" className={classes.logo} onError={() => setLogo(false)} /> : null}
              <bdi>{practice.name}</bdi>
            </>
          ) : null}
        </div>
        <LanguageSwitch onSwitch={speak} />
        {embed ? null : <ThemeSwitch />}
      </header>
      <main className={classes.main}>{children}</main>
      {practice?.phone ? (
        <footer className={classes.foot}>
          {t('online.questions')} <Call phone={practice.phone} />
        </footer>
      ) : null}
    </div>
  );
}

export function Call({ phone }: { phone: string }) {
  return (
    <a href={`tel:${phone}`} className={classes.call}>
      <bdi className="ltr">{phone}</bdi>
    </a>
  );
}

/** Nothing can be booked here: switched off, unknown, or nothing is offered. */
function Closed({ phone }: { phone: string | null }) {
  const { t } = useLang();
  return (
    <div className={classes.card}>
      <div className={classes.sign} aria-hidden>
        <IconCalendarOff size={26} stroke={1.6} />
      </div>
      <Title order={1}>{t('online.closed.title')}</Title>
      <p className={classes.lead}>{t('online.closed.text')}</p>
      {phone ? (
        <Button component="a" href={`tel:${phone}`} variant="default" leftSection={<IconPhone size={18} stroke={1.7} />}>
          {t('online.call')}
        </Button>
      ) : null}
    </div>
  );
}
