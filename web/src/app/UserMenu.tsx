import { Avatar, Menu, UnstyledButton } from '@mantine/core';
import { IconKeyboard, IconLanguage, IconLogout, IconMoon, IconSun, IconUser } from '@tabler/icons-react';
import { useSignOut } from '@/features/identity/api';
import { useSession } from '@/shared/auth/session';
import { setLang, useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { otherLang, useTheme } from '@/shared/ui/Switches';
import { toast } from '@/shared/ui/toast';
import classes from './Shell.module.css';

export function UserMenu({ onHelp }: { onHelp: () => void }) {
  const { t, lang } = useLang();
  const { user, practice, role } = useSession();
  const { dark, toggle } = useTheme();
  const textOf = useErrorText();
  const signOut = useSignOut();
  const other = otherLang(lang);

  return (
    <Menu position="bottom-end" width={250}>
      <Menu.Target>
        <UnstyledButton aria-label={t('user.menu')} className={classes.user}>
          <Avatar radius="xl" size={32} color="brand" variant="filled">
            <IconUser size={18} stroke={1.8} />
          </Avatar>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={classes.who}>
          <b>{user.name}</b>
          <bdi>{user.email}</bdi>
          <span>{practice.name}</span>
          <span className={classes.role}>{t(`role.${role}`)}</span>
        </div>
        <Menu.Divider />
        <Menu.Item hiddenFrom="sm" lang={other} leftSection={<IconLanguage size={16} />} onClick={() => void setLang(other)}>
          {t('lang.switch')}
        </Menu.Item>
        <Menu.Item hiddenFrom="sm" leftSection={dark ? <IconSun size={16} /> : <IconMoon size={16} />} onClick={toggle}>
          {t(dark ? 'theme.light' : 'theme.dark')}
        </Menu.Item>
        <Menu.Item leftSection={<IconKeyboard size={16} />} onClick={onHelp}>
          {t('shortcut.help')}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconLogout size={16} />}
          onClick={() => signOut.mutate(undefined, { onError: (error) => toast.failed(textOf(error)) })}
        >
          {t('user.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
