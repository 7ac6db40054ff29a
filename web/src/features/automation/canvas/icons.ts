import {
  IconBell, IconBolt, IconCalendarEvent, IconCheckbox, IconClock, IconGitBranch, IconHandClick, IconHourglass, IconMail, IconMessage, IconNote, IconPhoneCall, IconPlayerStop, IconRotateClockwise, IconSearch, IconTags, IconTextSize, IconUser, IconVariable, IconWebhook,
  type Icon,
} from '@tabler/icons-react';
import type { Step, Trigger } from '../definition';

const ofNoun: Record<string, Icon> = {
  appointment: IconCalendarEvent, call: IconPhoneCall, message: IconMessage, note: IconNote, patient: IconUser, records: IconSearch, staff: IconBell, tag: IconTags, task: IconCheckbox, text: IconTextSize, variable: IconVariable, waitlist: IconHourglass, webhook: IconWebhook,
};
const ofAction: Record<string, Icon> = { 'message.send_email': IconMail };
const ofStep: Record<Exclude<Step['kind'], 'action'>, Icon> = { branch: IconGitBranch, loop: IconRotateClockwise, wait: IconClock, stop: IconPlayerStop };
const ofTrigger: Partial<Record<Trigger['kind'], Icon>> = { date: IconClock, schedule: IconClock, webhook: IconWebhook, hand: IconHandClick };

export const actionIcon = (name: string): Icon => ofAction[name] ?? ofNoun[name.slice(0, name.indexOf('.'))] ?? IconBolt;
export const stepIcon = (step: Pick<Step, 'kind'> & { action?: string }): Icon => (step.kind === 'action' ? actionIcon(step.action ?? '') : ofStep[step.kind]);
export const triggerIcon = (trigger: { kind: string } | null | undefined): Icon => ofTrigger[trigger?.kind as Trigger['kind']] ?? IconBolt;
