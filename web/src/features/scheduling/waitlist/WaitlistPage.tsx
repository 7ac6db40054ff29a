import { ActionIcon, Button, SegmentedControl, Skeleton, Title } from '@mantine/core';
import { IconAdjustments, IconCalendarCheck, IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { useCan } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { formatNumber } from '@/shared/i18n/format';
import { Gate } from '@/shared/ui/Gate';
import { Failed, PageHeader } from '@/shared/ui/Page';
import { useShortcuts } from '@/shared/ui/shortcuts';
import { toast } from '@/shared/ui/toast';
import { useNames } from '../useNames';
import { fillRateQuery, type Mode, openingsQuery, type Settings, settingsQuery, useSetWaitlist, wishesQuery } from './api';
import { OpeningCard } from './OpeningCard';
import classes from './Waitlist.module.css';

const Wishes = lazy(() => import('./Wishes').then((m) => ({ default: m.Wishes })));
const WishDrawer = lazy(() => import('./WishDrawer').then((m) => ({ default: m.WishDrawer })));
const SettingsDrawer = lazy(() => import('./SettingsDrawer').then((m) => ({ default: m.SettingsDrawer })));
const modes = ['automatic', 'ask_me', 'off'] as const satisfies readonly Mode[];

export function WaitlistPage() {
  return (
    <Gate title="nav.waitlist" needs="waitlist.read">
      <Waitlist />
    </Gate>
  );
}

function Waitlist() {
  const { t } = useLang();
  const can = useCan();
  const names = useNames();
  const settings = useQuery(settingsQuery);
  const openings = useQuery(openingsQuery());
  const [drawer, setDrawer] = useState<{ wish?: string } | 'settings'>();
  const mayWrite = can('waitlist.write');
  const add = () => setDrawer({});
  useShortcuts(mayWrite ? [{ key: 'n', label: 'waitlist.wish.new', run: add }] : []);
  const close = () => setDrawer(undefined);
  return (
    <>
      <PageHeader
        title={t('nav.waitlist')}
        sub={t('waitlist.sub')}
        actions={
          mayWrite ? (
            <Button leftSection={<IconPlus size={16} />} onClick={add}>
              {t('waitlist.wish.new')}
            </Button>
          ) : undefined
        }
      />
      <div className={classes.page}>
        {settings.data ? <Offering settings={settings.data} onMore={can('appointments.configure') ? () => setDrawer('settings') : undefined} /> : <Skeleton h={64} radius={12} />}
        <Numbers open={openings.data?.length} />
        <section aria-labelledby="openings" className={classes.section}>
          <Title order={2} id="openings">
            {t('waitlist.openings.title')}
          </Title>
          {openings.error && !openings.data ? (
            <Failed error={openings.error} retry={() => void openings.refetch()} />
          ) : !openings.data ? (
            <Skeleton h={160} radius={12} />
          ) : openings.data.length ? (
            <div className={classes.cards}>
              {openings.data.map((opening) => (
                <OpeningCard key={opening.id} opening={opening} names={names} mode={settings.data?.mode} />
              ))}
            </div>
          ) : (
            <p className={classes.calm}>
              <IconCalendarCheck size={18} stroke={1.7} aria-hidden />
              {t(settings.data?.mode === 'off' ? 'waitlist.openings.off' : 'waitlist.openings.none')}
            </p>
          )}
        </section>
        <section aria-labelledby="wishes" className={classes.listSection}>
          <Title order={2} id="wishes">
            {t('waitlist.wishes.title')}
          </Title>
          <Suspense fallback={<Skeleton h={240} />}>
            <Wishes names={names} onOpen={(wish) => setDrawer({ wish })} onNew={mayWrite ? add : undefined} />
          </Suspense>
        </section>
      </div>
      <Suspense>
        {drawer === 'settings' && settings.data ? <SettingsDrawer loaded={settings.data} onClose={close} /> : drawer && drawer !== 'settings' ? <WishDrawer id={drawer.wish} onClose={close} /> : null}
      </Suspense>
    </>
  );
}

/** Who offers what becomes free: one switch, at once. */
function Offering({ settings, onMore }: { settings: Settings; onMore: (() => void) | undefined }) {
  const { t } = useLang();
  const textOf = useErrorText();
  const set = useSetWaitlist();
  const { mode, waveSize, waveMinutes, lastMinutes } = settings;
  const choose = (next: string) =>
    set.mutateAsync({ version: settings.version, rules: { mode: next as Mode, waveSize, waveMinutes, lastMinutes } }).then(() => toast.done(t('form.saved')), (error) => toast.failed(textOf(error)));
  return (
    <div className={classes.offering}>
      <div className={classes.offeringText}>
        <b>{t('waitlist.mode.title')}</b>
        <span>{t(`waitlist.mode.about.${mode}`, { count: waveSize, minutes: waveMinutes })}</span>
      </div>
      <SegmentedControl aria-label={t('waitlist.mode.title')} value={mode} disabled={!onMore || set.isPending} onChange={(next) => void choose(next)} data={modes.map((value) => ({ value, label: t(`waitlist.mode.${value}`) }))} />
      {onMore ? (
        <ActionIcon variant="default" size={36} aria-label={t('waitlist.rules.title')} onClick={onMore}>
          <IconAdjustments size={18} stroke={1.7} />
        </ActionIcon>
      ) : null}
    </div>
  );
}

function Numbers({ open }: { open: number | undefined }) {
  const { t, lang } = useLang();
  const rates = useQuery(fillRateQuery).data;
  const waiting = useInfiniteQuery(wishesQuery({ status: 'waiting' })).data?.pages;
  const count = waiting?.flatMap((page) => page.items).length;
  const more = waiting?.at(-1)?.nextCursor ? '+' : '';
  const rate = (days: number) => rates?.find((one) => one.days === days);
  return (
    <dl className={classes.numbers}>
      <Number label={t('waitlist.number.waiting')} value={count === undefined ? '…' : `${formatNumber(lang, count)}${more}`} />
      <Number label={t('waitlist.number.open')} value={open === undefined ? '…' : formatNumber(lang, open)} />
      {[30, 90].map((days) => {
        const of = rate(days);
        return (
          <Number
            key={days}
            label={t('waitlist.number.filled', { count: days })}
            value={!of ? '…' : of.percent === null ? '–' : t('waitlist.percent', { number: formatNumber(lang, of.percent) })}
            about={of?.openings ? t('waitlist.number.of', { filled: formatNumber(lang, of.filled), all: formatNumber(lang, of.openings) }) : undefined}
          />
        );
      })}
    </dl>
  );
}

function Number({ label, value, about }: { label: string; value: string; about?: string | undefined }) {
  return (
    <div className={classes.number}>
      <dt>{label}</dt>
      <dd>
        {value}
        {about ? <small>{about}</small> : null}
      </dd>
    </div>
  );
}
