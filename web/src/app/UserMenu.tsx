import { Avatar, Loader, Menu, UnstyledButton } from '@mantine/core';
import { IconBuildingHospital, IconKeyboard, IconLanguage, IconLogout, IconMoon, IconSun, IconUser, IconUserCog } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { addressBeside } from '@/features/identity/address';
import { doorQuery, useSignOut, useSwitchPractice } from '@/features/identity/api';
import { type Session, useSession } from '@/shared/auth/session';
import { type Lang, useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { otherLang, useTheme } from '@/shared/ui/Switches';
import { toast } from '@/shared/ui/toast';
import classes from './Shell.module.css';

/** The other practices in which the same person works. */
function Practices({ others }: { others: NonNullable<Session['memberships']> }) {
  const { t } = useLang();
  const { practice } = useSession();
  const looksOwn = addressBeside(location, practice.slug, '') !== undefined;
  const door = useQuery({ ...doorQuery, enabled: looksOwn });
  if (!looksOwn || door.data === null || door.isError) return <Switch others={others} />;
  // at a practice's own address one is in that practice and no other: the others have addresses of their own
  return (
    <>
      <Menu.Label>{t('user.switch')}</Menu.Label>
      <div className={classes.others}>
        {others.map(({ practiceId, name, slug }) => (
          <Menu.Item key={practiceId} component="a" href={addressBeside(location, practice.slug, slug)} leftSection={<IconBuildingHospital size={16} />}>
            <span className={classes.otherPractice}>
              <bdi>{name}</bdi>
            </span>
            <span className={classes.otherRole}>{t('user.otherAddress')}</span>
          </Menu.Item>
        ))}
      </div>
      <Menu.Divider />
    </>
  );
}

function Switch({ others }: { others: NonNullable<Session['memberships']> }) {
  const { t } = useLang();
  const textOf = useErrorText();
  const change = useSwitchPractice();
  return (
    <>
      <Menu.Label>{t('user.switch')}</Menu.Label>
      <div className={classes.others}>
        {others.map(({ practiceId, name, role }) => (
          <Menu.Item
            key={practiceId}
            closeMenuOnClick={false}
            disabled={change.isPending}
            leftSection={change.isPending && change.variables === practiceId ? <Loader size={16} /> : <IconBuildingHospital size={16} />}
            onClick={() => change.mutate(practiceId, { onError: (error) => toast.failed(textOf(error)) })}
          >
            <span className={classes.otherPractice}>
              <bdi>{name}</bdi>
            </span>
            <span className={classes.otherRole}>{t(`role.${role}`)}</span>
          </Menu.Item>
        ))}
      </div>
      <Menu.Divider />
    </>
  );
}

type Props = { onHelp: () => void; speak: (lang: Lang) => unknown };

export function UserMenu({ onHelp, speak }: Props) {
  const { t, lang } = useLang();
  const { user, practice, role, customRole, memberships = [] } = useSession();
  const { dark, toggle } = useTheme();
  const textOf = useErrorText();
  const signOut = useSignOut();
  const other = otherLang(lang);
  const others = memberships.filter(({ practiceId }) => practiceId !== practice.id);

  return (
    <Menu position="bottom-end" width={270} withinPortal={false}>
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
          <span className={classes.role}>{customRole?.name ?? t(`role.${role}`)}</span>
        </div>
        <Menu.Divider />
        {others.length ? <Practices others={others} /> : null}
        <Menu.Item component={Link} to="/account" leftSection={<IconUserCog size={16} />}>
          {t('nav.account')}
        </Menu.Item>
        <Menu.Item hiddenFrom="sm" lang={other} leftSection={<IconLanguage size={16} />} onClick={() => void speak(other)}>
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
