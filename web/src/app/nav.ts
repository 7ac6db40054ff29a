import { IconHome2, IconStethoscope } from '@tabler/icons-react';
import type { ComponentType } from 'react';
import type { Permission } from '@/shared/auth/session';
import type { MessageId } from '@/shared/i18n';

export type NavItem = {
  label: MessageId;
  to: '/' | '/settings/services';
  icon: ComponentType<{ size?: number; stroke?: number }>;
  /** Hidden from those who may not even look. */
  needs?: Permission;
};

export const primaryNav: NavItem[] = [{ label: 'nav.home', to: '/', icon: IconHome2 }];
export const settingsNav: NavItem[] = [
  { label: 'nav.services', to: '/settings/services', icon: IconStethoscope, needs: 'services.read' },
];

export const visible = (items: NavItem[], can: (permission: Permission) => boolean) =>
  items.filter((item) => !item.needs || can(item.needs));

export const isActive = (item: NavItem, path: string) => (item.to === '/' ? path === '/' : path.startsWith(item.to));
