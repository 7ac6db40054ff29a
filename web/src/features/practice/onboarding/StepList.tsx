import { IconCheck, IconClockPause } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useLang } from '@/shared/i18n';
import classes from './Onboarding.module.css';
import { type Place, steps, type StepState } from './steps';

type Props = { states: StepState[]; now: Place };

/** All steps and how far each is; in any order, for nothing depends on what stands before it. */
export function StepList({ states, now }: Props) {
  const { t } = useLang();
  const done = states.filter((state) => state.done).length;
  return (
    <nav className={classes.steps} aria-label={t('welcome.steps')}>
      <div className={classes.progress}>
        <span>{t('welcome.progress', { done, of: states.length })}</span>
        <div className={classes.rail} aria-hidden>
          {states.map((state) => (
            <i key={state.key} data-done={state.done || undefined} />
          ))}
        </div>
      </div>
      <ol>
        {states.map((state) => {
          const Icon = state.done ? IconCheck : state.skippedAt ? IconClockPause : steps[state.key].icon;
          const how = state.done ? t('welcome.state.done') : state.skippedAt ? t('welcome.state.skipped') : t('welcome.state.open');
          return (
            <li key={state.key}>
              <Link to="/welcome" search={{ step: state.key }} className={classes.step} aria-current={state.key === now ? 'step' : undefined}>
                <span className={classes.mark} data-done={state.done || undefined}>
                  <Icon size={17} stroke={state.done ? 2.4 : 1.7} aria-hidden />
                </span>
                <span className={classes.stepText}>
                  <b>{t(`welcome.${state.key}`)}</b>
                  <span>{how}</span>
                </span>
              </Link>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
