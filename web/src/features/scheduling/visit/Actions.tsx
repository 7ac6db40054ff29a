import { Button } from '@mantine/core';
import { IconArmchair, IconArrowBackUp, IconCheck, IconDoorEnter, IconDoorExit, IconPhoneCheck, IconUserX } from '@tabler/icons-react';
import { useLang } from '@/shared/i18n';
import type { Appointment } from '../api';
import { columnOf, type Step, stepsTo } from './stages';
import classes from './Visit.module.css';

type Action = { key: 'confirm' | 'arrived' | 'seated' | 'done' | 'out' | 'missed' | 'back' | 'unconfirm' | 'reinstate'; steps: Step[] };

const icons = { confirm: IconPhoneCheck, arrived: IconDoorEnter, seated: IconArmchair, done: IconCheck, out: IconDoorExit, missed: IconUserX, back: IconArrowBackUp, unconfirm: IconArrowBackUp, reinstate: IconArrowBackUp };

/** What can be said of a visit next: what comes first usually does. */
export function actionsOf(a: Appointment, now: number): Action[] {
  const missed: Action[] = Date.parse(a.start) <= now ? [{ key: 'missed', steps: [{ status: 'no_show' }] }] : [];
  const arrived: Action = { key: 'arrived', steps: [{ status: 'arrived' }] };
  const back = (to: 'booked' | 'arrived' | 'seated' | 'done'): Action => ({ key: 'back', steps: stepsTo(to, a) });
  if (a.status === 'scheduled') return [{ key: 'confirm', steps: [{ status: 'confirmed' }] }, arrived, ...missed];
  switch (columnOf(a)) {
    case 'booked':
      return [arrived, ...missed, { key: 'unconfirm', steps: [{ status: 'scheduled' }] }];
    case 'arrived':
      return [{ key: 'seated', steps: [{ status: 'in_chair' }] }, back('booked')];
    case 'seated':
      return [{ key: 'done', steps: [{ status: 'completed' }] }, back('arrived')];
    case 'done':
      return [{ key: 'out', steps: [{ checkOut: true }] }, back('seated')];
    case 'out':
      return [back('done')];
    default:
      return [{ key: 'reinstate', steps: [{ status: 'scheduled' }] }];
  }
}

type Props = { appointment: Appointment; busy: boolean; onStep: (steps: Step[]) => void };

export function Actions({ appointment, busy, onStep }: Props) {
  const { t } = useLang();
  return (
    <div className={classes.actions} role="group" aria-label={t('scheduling.visit.actions')}>
      {actionsOf(appointment, Date.now()).map(({ key, steps }, n) => {
        const Icon = icons[key];
        const variant = n === 0 && key !== 'back' ? 'filled' : key === 'back' || key === 'unconfirm' ? 'subtle' : 'default';
        return (
          <Button key={key} size="sm" variant={variant} disabled={busy} leftSection={<Icon size={16} stroke={1.8} className={Icon === IconArrowBackUp ? classes.mirror : undefined} />} onClick={() => onStep(steps)}>
            {t(`scheduling.visit.do.${key}`)}
          </Button>
        );
      })}
    </div>
  );
}
