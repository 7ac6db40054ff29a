import { IconBuilding, IconClockHour4, IconShieldLock, IconStethoscope, IconUsers } from '@tabler/icons-react';
import type { Schemas } from '@/shared/api/problem';
import type { Permission } from '@/shared/auth/session';

export type StepState = Schemas['StepState'];
export type StepKey = StepState['key'];
/** A step, or the page after the last of them. */
export type Place = StepKey | 'done';

export const steps = {
  profile: { icon: IconBuilding, needs: 'practice.write' },
  hours: { icon: IconClockHour4, needs: 'hours.write' },
  service: { icon: IconStethoscope, needs: 'services.write' },
  staff: { icon: IconUsers, needs: 'staff.write' },
  security: { icon: IconShieldLock, needs: 'security.write' },
} as const satisfies Record<StepKey, { icon: unknown; needs: Permission }>;

export const isPlace = (value: unknown): value is Place => value === 'done' || (typeof value === 'string' && value in steps);

/** Those steps that the person may take. */
export const stepsFor = (states: readonly StepState[], can: (permission: Permission) => boolean): StepState[] =>
  states.filter((state) => can(steps[state.key].needs));

/** Where to go on after being away: what is neither done nor put off, in order. */
export const resumeAt = (states: readonly StepState[]): Place => states.find((state) => !state.done && !state.skippedAt)?.key ?? 'done';

/** What comes after a step: the next one that is not done yet, put off or not. */
export function placeAfter(states: readonly StepState[], key: StepKey): Place {
  const at = states.findIndex((state) => state.key === key);
  return states.slice(at + 1).find((state) => !state.done)?.key ?? 'done';
}
