import { Button, Title } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useCan } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { toast } from '@/shared/ui/toast';
import { onboardingQuery, useFinish } from './api';
import classes from './Onboarding.module.css';
import { steps, stepsFor } from './steps';

/** On Home, until somebody says that it is enough: what a new practice has still before it. */
export function OnboardingCard() {
  const { t } = useLang();
  const can = useCan();
  const textOf = useErrorText();
  const may = can('practice.write');
  const { data } = useQuery({ ...onboardingQuery, enabled: may });
  const finish = useFinish();
  if (!may || !data || data.finishedAt) return null;
  const states = stepsFor(data.steps, can);
  const open = states.filter((state) => !state.done);
  return (
    <section className={classes.card} aria-labelledby="home-welcome">
      <div className={classes.cardHead}>
        <div>
          <Title order={2} id="home-welcome">
            {t(open.length ? 'welcome.card.title' : 'welcome.done.title')}
          </Title>
          <p>{t('welcome.progress', { done: states.length - open.length, of: states.length })}</p>
        </div>
        {open.length ? (
          <Button size="sm" component={Link} to="/welcome">
            {t('welcome.card.go')}
          </Button>
        ) : null}
        <Button size="sm" variant="default" loading={finish.isPending} onClick={() => finish.mutate(undefined, { onError: (error) => toast.failed(textOf(error)) })}>
          {t('welcome.card.hide')}
        </Button>
      </div>
      <div className={classes.rail} aria-hidden>
        {states.map((state) => (
          <i key={state.key} data-done={state.done || undefined} />
        ))}
      </div>
      {open.length ? (
        <ul className={classes.cardSteps}>
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
        </ul>
      ) : null}
    </section>
  );
}
