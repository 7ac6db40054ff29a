import { same } from '@/shared/forms/merge';
import type { Labels } from '@/shared/forms/useFields';
import type { Issues } from '@/shared/forms/useRecordForm';
import type { T } from '@/shared/i18n';
import type { Channel } from '../api';
import type { Rule } from './api';

export const units = { minutes: 1, hours: 60, days: 24 * 60 } as const;
export type Unit = keyof typeof units;

/** A reminder as it is edited: how long before in the unit that says it most shortly. */
export type Draft = {
  name: string;
  channel: Channel;
  templateId: string | null;
  amount: number;
  unit: Unit;
  serviceIds: string[];
  locationIds: string[];
  skipConfirmed: boolean;
  enabled: boolean;
};

export const labels: Labels<Draft> = {
  name: 'messages.rules.name',
  channel: 'messages.channel',
  templateId: 'messages.rules.template',
  amount: 'messages.rules.amount',
  unit: 'messages.rules.unit',
  serviceIds: 'messages.rules.services',
  locationIds: 'messages.rules.locations',
  skipConfirmed: 'messages.rules.skipConfirmed',
  enabled: 'messages.rules.enabled',
};

export const empty: Draft = { name: '', channel: 'sms', templateId: null, amount: 1, unit: 'days', serviceIds: [], locationIds: [], skipConfirmed: false, enabled: true };

/** 1440 minutes are a day, 90 stay minutes. */
export function leadOf(minutes: number): { amount: number; unit: Unit } {
  const unit = (['days', 'hours'] as const).find((one) => minutes % units[one] === 0) ?? 'minutes';
  return { amount: minutes / units[unit], unit };
}

export function leadText(t: T, minutes: number) {
  const { amount, unit } = leadOf(minutes);
  return t(`messages.rules.${unit}Before`, { count: amount });
}

export const draftOf = ({ name, channel, templateId, offsetMinutes, serviceIds, locationIds, skipConfirmed, enabled }: Rule): Draft => ({
  name,
  channel,
  templateId,
  ...leadOf(offsetMinutes),
  serviceIds,
  locationIds,
  skipConfirmed,
  enabled,
});

export const newOf = ({ name, channel, templateId, amount, unit, serviceIds, locationIds, skipConfirmed, enabled }: Draft) => ({
  name: name.trim(),
  channel,
  templateId: templateId ?? '',
  offsetMinutes: amount * units[unit],
  serviceIds,
  locationIds,
  skipConfirmed,
  enabled,
});

/** All of what it says, if anything is to be different. */
export const changesOf = (draft: Draft, base: Rule) => (same(newOf(draft), newOf(draftOf(base))) ? {} : { rule: newOf(draft) });

const [SOONEST, EARLIEST] = [15, 60 * units.days];

export function issuesOf(draft: Draft): Issues<Draft> {
  const minutes = draft.amount * units[draft.unit];
  return {
    ...(draft.name.trim() ? {} : { name: { id: 'field.required' } }),
    ...(draft.templateId ? {} : { templateId: { id: 'messages.rules.chooseTemplate' } }),
    ...(Number.isInteger(draft.amount) && minutes >= SOONEST && minutes <= EARLIEST ? {} : { amount: { id: 'messages.rules.tooSoon' } }),
  };
}
