import { Button, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, Navigate } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useCan, useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { Gate } from '@/shared/ui/Gate';
import { Failed, PageHeader } from '@/shared/ui/Page';
import { toast } from '@/shared/ui/toast';
import { onboardingQuery, useAskAgain, useSkip } from './api';
import { DonePage } from './DonePage';
import classes from './Onboarding.module.css';
import { StepList } from './StepList';
import { placeAfter, resumeAt, type StepKey, type StepState, stepsFor } from './steps';

const route = getRouteApi('/inside/welcome');
// each comes when its turn does
const parts = {
  profile: lazy(() => import('./ProfileStep').then((m) => ({ default: m.ProfileStep }))),
  hours: lazy(() => import('./HoursStep').then((m) => ({ default: m.HoursStep }))),
  service: lazy(() => import('./ServiceStep').then((m) => ({ default: m.ServiceStep }))),
  staff: lazy(() => import('./StaffStep').then((m) => ({ default: m.StaffStep }))),
  security: lazy(() => import('./SecurityStep').then((m) => ({ default: m.SecurityStep }))),
};

/** The way of a new practice to its first appointment: a few steps, each of which can wait. */
export function OnboardingPage() {
  return (
    <Gate title="welcome.page" needs="practice.write">
      <Onboarding />
    </Gate>
  );
}

function Onboarding() {
  const { t } = useLang();
  const { practice } = useSession();
  const can = useCan();
  const { step: place } = route.useSearch();
  const onboarding = useQuery(onboardingQuery);
  const states = onboarding.data ? stepsFor(onboarding.data.steps, can) : undefined;
  const header = (
    <PageHeader
      title={t('welcome.title', { practice: practice.name })}
      sub={<span className={classes.sub}>{t('welcome.sub')}</span>}
      actions={
        <Button variant="default" component={Link} to="/">
          {t('welcome.later')}
        </Button>
      }
    />
  );
  if (!states) {
    return (
      <>
        {header}
        {onboarding.isError ? <Failed error={onboarding.error} retry={() => void onboarding.refetch()} /> : <Skeleton h={420} m="md" radius={12} />}
      </>
    );
  }
  const shown = place === 'done' ? place : states.find((state) => state.key === place)?.key;
  if (!shown) return <Navigate to="/welcome" search={{ step: resumeAt(states) }} replace />;
  return (
    <>
      {header}
      <div className={classes.grid}>
        <StepList states={states} now={shown} />
        {shown === 'done' ? <DonePage states={states} /> : <Step key={shown} at={shown} states={states} />}
      </div>
    </>
  );
}

function Step({ at, states }: { at: StepKey; states: StepState[] }) {
  const { t } = useLang();
  const navigate = route.useNavigate();
  const textOf = useErrorText();
  const askAgain = useAskAgain();
  const skip = useSkip();
  const head = useRef<HTMLHeadingElement>(null);
  const Part = parts[at];
  const [leaving, setLeaving] = useState(false);
  const next = () => setLeaving(true);

  // not before the step knows that it is saved: until then it stands in the way of leaving
  useEffect(() => {
    if (!leaving) return;
    setLeaving(false);
    void navigate({ search: { step: placeAfter(states, at) } });
  }, [leaving]);

  // those who hear the page begin with what this step is about
  useEffect(() => head.current?.focus({ preventScroll: true }), []);

  return (
    <section className={classes.panel} aria-labelledby="welcome-step">
      <div className={classes.head}>
        <p className={classes.count}>{t('welcome.step', { step: states.findIndex((state) => state.key === at) + 1, of: states.length })}</p>
        <h2 id="welcome-step" ref={head} tabIndex={-1} className={classes.title}>
          {t(`welcome.${at}.title`)}
        </h2>
        <p className={classes.text}>{t(`welcome.${at}.text`)}</p>
      </div>
      <Suspense fallback={<Skeleton h={320} m="md" />}>
        <Part
          done={states.some((state) => state.key === at && state.done)}
          made={askAgain}
          next={next}
          skipping={skip.isPending}
          skip={() => skip.mutate(at, { onSuccess: next, onError: (error) => toast.failed(textOf(error)) })}
        />
      </Suspense>
    </section>
  );
}
