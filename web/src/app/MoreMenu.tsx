import { Menu, UnstyledButton } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { Link, useRouterState } from '@tanstack/react-router';
import { useLang } from '@/shared/i18n';
import { isActive, type NavItem } from './nav';
import classes from './Shell.module.css';

/** At the foot of a phone's screen: where there is no room for a place of its own. */
export function MoreMenu({ items }: { items: NavItem[] }) {
  const { t } = useLang();
  const active = useRouterState({ select: (s) => items.some((item) => isActive(item, s.location.pathname)) });
  return (
    <Menu position="top-end" width={230}>
      <Menu.Target>
        <UnstyledButton className={classes.bottomLink} aria-label={t('nav.morePages')} data-active={active || undefined}>
          <IconDots size={22} stroke={1.7} />
          <span>{t('nav.more')}</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {items.map((item) => (
          <Menu.Item key={item.to} component={Link} to={item.to} leftSection={<item.icon size={18} stroke={1.7} />} mih={44}>
            {t(item.label)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
