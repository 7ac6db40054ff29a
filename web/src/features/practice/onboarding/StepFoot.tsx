import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useLang } from '@/shared/i18n';
import classes from './Onboarding.module.css';

export type StepProps = {
  /** What the step asks for is there, from whatever time. */
  done: boolean;
  /** Something was made that counts. */
  made: () => void;
  next: () => void;
  skip: () => void;
  skipping: boolean;
};

/** At the end of a step: putting it off, or what it does. */
export function StepFoot({ step, children }: { step: StepProps; children: ReactNode }) {
  const { t } = useLang();
  return (
    <div className={classes.foot}>
      {step.done ? (
        <span />
      ) : (
        <Button variant="subtle" color="gray" className={classes.later} loading={step.skipping} onClick={step.skip}>
          {t('welcome.skip')}
        </Button>
      )}
      <div className={classes.ways}>{children}</div>
    </div>
  );
}
