import { Button, Skeleton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { LeaveGuard } from '@/shared/ui/LeaveGuard';
import { Failed } from '@/shared/ui/Page';
import { PHONE } from '@/shared/ui/phone';
import { hoursQuery } from '../hours/api';
import { HoursEditor } from '../hours/HoursEditor';
import classes from './Onboarding.module.css';
import { StepFoot, type StepProps } from './StepFoot';

/** The week of the whole practice, which its locations and providers follow until they get their own. */
export function HoursStep(step: StepProps) {
  const { t } = useLang();
  const { practice } = useSession();
  const hours = useQuery(hoursQuery('practice'));
  const phone = useMediaQuery(PHONE, matchMedia(PHONE).matches, { getInitialValueInEffect: false });
  if (hours.isError) return <Failed error={hours.error} retry={() => void hours.refetch()} />;
  if (!hours.data) return <Skeleton h={480} mt="md" radius={0} />;
  return (
    <div className={classes.hours}>
      <HoursEditor
        plain
        loaded={hours.data}
        axis={phone ? 'rows' : 'columns'}
        readOnly={false}
        parent={practice.name}
        chooser={null}
        onSaved={() => {
          step.made();
          step.next();
        }}
        foot={({ dirty, busy, blocked, onSave }) => (
          <StepFoot step={step}>
            {dirty ? (
              <Button loading={busy} disabled={blocked} onClick={onSave}>
                {t('welcome.saveNext')}
              </Button>
            ) : (
              <Button disabled={!step.done} onClick={step.next}>
                {t('welcome.next')}
              </Button>
            )}
            <LeaveGuard when={dirty && !busy} />
          </StepFoot>
        )}
      />
    </div>
  );
}
