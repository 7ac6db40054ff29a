import {
  IconArmchair,
  IconBellRinging,
  IconBuilding,
  IconCalendarEvent,
  IconCalendarOff,
  IconCalendarShare,
  IconCalendarX,
  IconChecklist,
  IconClockHour4,
  IconForms,
  IconHome2,
  IconHourglass,
  IconKey,
  IconLayoutKanban,
  IconLifebuoy,
  IconMailCog,
  IconMapPin,
  IconRoute,
  IconMessages,
  IconPhone,
  IconSettings,
  IconShieldCheck,
  IconShieldLock,
  IconStethoscope,
  IconTemplate,
  IconTags,
  IconUserCheck,
  IconUserHeart,
  IconUsers,
  IconUsersGroup,
  IconWebhook,
  IconWorld,
} from '@tabler/icons-react';
import type { LinkProps } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import type { Permission } from '@/shared/auth/session';
import type { MessageId } from '@/shared/i18n';

export type NavItem = {
  label: MessageId;
  /** What is there, in a few words. */
  about?: MessageId;
  to: NonNullable<LinkProps['to']>;
  icon: ComponentType<{ size?: number; stroke?: number }>;
  /** Hidden from those who may not even look. */
  needs?: Permission;
  /** Pages elsewhere that belong to it. */
  also?: string[];
  /** Not among the few at the foot of a phone's screen. */
  wide?: boolean;
};
export type NavGroup = { label: MessageId; items: NavItem[] };

const today: NavItem = { label: 'nav.today', to: '/today', icon: IconLayoutKanban, needs: 'appointments.read' };
const home: NavItem = { label: 'nav.home', to: '/home', icon: IconHome2, wide: true };
const calendar: NavItem = { label: 'nav.calendar', to: '/calendar', icon: IconCalendarEvent, needs: 'appointments.read' };
const waitlist: NavItem = { label: 'nav.waitlist', to: '/waitlist', icon: IconHourglass, needs: 'waitlist.read', wide: true };
const recalls: NavItem = { label: 'nav.recalls', to: '/recalls', icon: IconBellRinging, needs: 'recalls.read', wide: true };
const tasks: NavItem = { label: 'nav.tasks', to: '/tasks', icon: IconChecklist, needs: 'tasks.read', wide: true };
const patients: NavItem = { label: 'nav.patients', to: '/patients', icon: IconUsers, needs: 'patients.read' };
const messages: NavItem = { label: 'nav.messages', to: '/messages', icon: IconMessages, needs: 'messages.read' };
const calls: NavItem = { label: 'nav.calls', to: '/cases', also: ['/calls'], icon: IconPhone, needs: 'call_workflows.read', wide: true };
const settings: NavItem = { label: 'nav.settings', to: '/settings', icon: IconSettings };

const workflows: NavItem = { label: 'nav.workflows', to: '/workflows', icon: IconRoute, needs: 'workflows.read', wide: true };
export const primaryNav: NavItem[] = [today, calendar, waitlist, recalls, tasks, messages, calls, patients, workflows, home];

/** One line for each page of settings; a group without a page for somebody is not shown to them. */
export const settingsNav: NavGroup[] = [
  {
    label: 'nav.group.practice',
    items: [
      { label: 'nav.profile', about: 'nav.about.profile', to: '/settings/profile', icon: IconBuilding, needs: 'practice.read' },
      { label: 'nav.locations', about: 'nav.about.locations', to: '/settings/locations', icon: IconMapPin, needs: 'practice.read' },
      { label: 'nav.rooms', about: 'nav.about.rooms', to: '/settings/rooms', icon: IconArmchair, needs: 'rooms.read' },
      { label: 'nav.services', about: 'nav.about.services', to: '/settings/services', icon: IconStethoscope, needs: 'services.read' },
      { label: 'nav.tags', about: 'nav.about.tags', to: '/settings/tags', icon: IconTags, needs: 'patients.read' },
      { label: 'nav.patientFields', about: 'nav.about.patientFields', to: '/settings/patient-fields', icon: IconForms, needs: 'patients.read' },
    ],
  },
  {
    label: 'nav.group.people',
    items: [
      { label: 'nav.roles', about: 'nav.about.roles', to: '/settings/roles', icon: IconUsersGroup, needs: 'roles.read' },
      { label: 'nav.providers', about: 'nav.about.providers', to: '/settings/providers', icon: IconUserHeart, needs: 'practice.read' },
    ],
  },
  {
    label: 'nav.group.time',
    items: [
      { label: 'nav.scheduling', about: 'nav.about.scheduling', to: '/settings/scheduling', icon: IconCalendarEvent, needs: 'appointments.read' },
      { label: 'nav.online', about: 'nav.about.online', to: '/settings/online-booking', icon: IconWorld, needs: 'appointments.read' },
      { label: 'nav.calcom', about: 'nav.about.calcom', to: '/settings/calcom', icon: IconCalendarShare, needs: 'integrations.read' },
      { label: 'nav.hours', about: 'nav.about.hours', to: '/settings/hours', icon: IconClockHour4, needs: 'hours.read' },
      { label: 'nav.absences', about: 'nav.about.absences', to: '/settings/absences', icon: IconCalendarOff, needs: 'hours.read' },
      { label: 'nav.closing', about: 'nav.about.closing', to: '/settings/closing-days', icon: IconCalendarX, needs: 'hours.read' },
    ],
  },
  {
    label: 'nav.group.messages',
    items: [
      { label: 'nav.messaging', about: 'nav.about.messaging', to: '/settings/messages', icon: IconMailCog, needs: 'messages.read' },
      { label: 'nav.calling', about: 'nav.about.calling', to: '/settings/calling', icon: IconPhone, needs: 'integrations.read' },
      { label: 'nav.templates', about: 'nav.about.templates', to: '/settings/message-templates', icon: IconTemplate, needs: 'messages.read' },
    ],
  },
  {
    label: 'nav.group.security',
    items: [
      { label: 'nav.security', about: 'nav.about.security', to: '/settings/security', icon: IconShieldLock, needs: 'security.read' },
      { label: 'nav.review', about: 'nav.about.review', to: '/settings/access-review', icon: IconUserCheck, needs: 'access.review' },
      { label: 'nav.apiKeys', about: 'nav.about.apiKeys', to: '/settings/api-keys', icon: IconKey, needs: 'api_keys.read' },
      { label: 'nav.webhooks', about: 'nav.about.webhooks', to: '/settings/webhooks', icon: IconWebhook, needs: 'integrations.read' },
      { label: 'nav.audit', about: 'nav.about.audit', to: '/settings/audit', icon: IconShieldCheck, needs: 'audit.read' },
      { label: 'nav.support', about: 'nav.about.support', to: '/settings/support-access', icon: IconLifebuoy, needs: 'support_access.read' },
    ],
  },
];

type Can = (permission: Permission) => boolean;

export const visible = (items: NavItem[], can: Can) => items.filter((item) => !item.needs || can(item.needs));

export const visibleGroups = (can: Can): NavGroup[] =>
  settingsNav.map((group) => ({ ...group, items: visible(group.items, can) })).filter((group) => group.items.length > 0);

/** The gate to the settings, for those who have anything to do there. */
export const settingsGate = (can: Can): NavItem[] => (visibleGroups(can).length ? [settings] : []);

const within = (to: string, path: string) => path === to || path.startsWith(`${to}/`);

export const inSettings = (path: string) => within(settings.to as string, path);

export const isActive = (item: NavItem, path: string) => (item.to === '/' ? path === '/' : [item.to as string, ...(item.also ?? [])].some((to) => within(to, path)));
