import { Button } from '@mantine/core';
import { IconArmchair, IconCalendarX, IconChevronRight, IconUserHeart } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { toast } from '@/shared/ui/toast';
import { useFinish } from './api';
import classes from './Onboarding.module.css';
import { steps, type StepState } from './steps';

const further = [
  { key: 'rooms', to: '/settings/rooms', icon: IconArmchair },
  { key: 'providers', to: '/settings/providers', icon: IconUserHeart },
  { key: 'closing', to: '/settings/closing-days', icon: IconCalendarX },
] as const;

/** What was reached, what was put off, and where it goes from here. */
export function DonePage({ states }: { states: StepState[] }) {
  const { t } = useLang();
  const textOf = useErrorText();
  const navigate = useNavigate();
  const finish = useFinish();
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => head.current?.focus({ preventScroll: true }), []);
  const open = states.filter((state) => !state.done);
  const end = () =>
    finish.mutate(undefined, { onSuccess: () => void navigate({ to: '/' }), onError: (error) => toast.failed(textOf(error)) });

  return (
    <section className={classes.panel} aria-labelledby="welcome-step">
      <div className={classes.head}>
        <h2 id="welcome-step" ref={head} tabIndex={-1} className={classes.title}>
          {t(open.length ? 'welcome.done.partly' : 'welcome.done.title')}
        </h2>
        <p className={classes.text}>{t(open.length ? 'welcome.done.partlyText' : 'welcome.done.text')}</p>
      </div>
      <div className={classes.body}>
        <ul className={classes.left}>
          {open.map((state) => {
            const { icon: Icon } = steps[state.key];
            return (
              <li key={state.key}>
                <Link to="/welcome" search={{ step: state.key }} className={classes.more}>
                  <Icon size={22} stroke={1.6} aria-hidden />
                  <span>
                    <b>{t(`welcome.${state.key}`)}</b>
                    <span>{t(`welcome.${state.key}.brief`)}</span>
                  </span>
                  <IconChevronRight size={18} stroke={1.7} className={classes.chevron} aria-hidden />
                </Link>
              </li>
            );
          })}
          {open.length
            ? null
            : further.map(({ key, to, icon: Icon }) => (
                <li key={key}>
                  <Link to={to} className={classes.more}>
                    <Icon size={22} stroke={1.6} aria-hidden />
                    <span>
                      <b>{t(`nav.${key}`)}</b>
                      <span>{t(`nav.about.${key}`)}</span>
                    </span>
                    <IconChevronRight size={18} stroke={1.7} className={classes.chevron} aria-hidden />
                  </Link>
                </li>
              ))}
        </ul>
      </div>
      <div className={classes.foot}>
        <span />
        <Button loading={finish.isPending} onClick={end}>
          {t('welcome.finish')}
        </Button>
      </div>
    </section>
  );
}
