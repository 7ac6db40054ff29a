import { AppShell, Box, Kbd, UnstyledButton } from '@mantine/core';
import { IconArrowLeft, IconBuildingHospital, IconChevronLeft, IconSearch } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useSpeak } from '@/features/identity/language';
import { Bell } from '@/features/notices/Bell';
import { signInNeeded } from '@/shared/api/reauth';
import { identityOf, useCan, useSession } from '@/shared/auth/session';
import { type Lang, useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { useStore } from '@/shared/store';
import { Mark } from '@/shared/ui/Mark';
import { isMac, useShortcuts } from '@/shared/ui/shortcuts';
import { LanguageSwitch, ThemeSwitch } from '@/shared/ui/Switches';
import { lastUndo, toast } from '@/shared/ui/toast';
import { startLive } from './live';
import { MoreMenu } from './MoreMenu';
import { inSettings, isActive, type NavItem, primaryNav, settingsGate, visible, visibleGroups } from './nav';
import classes from './Shell.module.css';
import { UserMenu } from './UserMenu';

// wanted seldom: loaded when first opened
const Palette = lazy(() => import('./Palette').then((m) => ({ default: m.Palette })));
const ShortcutHelp = lazy(() => import('./ShortcutHelp').then((m) => ({ default: m.ShortcutHelp })));
const IdleGuard = lazy(() => import('@/features/identity/idle/IdleGuard').then((m) => ({ default: m.IdleGuard })));
const EnrolBanner = lazy(() => import('@/features/identity/account/EnrolBanner').then((m) => ({ default: m.EnrolBanner })));
const SignInAgain = lazy(() => import('@/features/identity/sign-in/SignInAgain').then((m) => ({ default: m.SignInAgain })));

function NavLink({ item, className, iconSize }: { item: NavItem; className: string | undefined; iconSize: number }) {
  const { t } = useLang();
  const active = useRouterState({ select: (s) => isActive(item, s.location.pathname) });
  return (
    <Link to={item.to} className={className} data-active={active || undefined} aria-current={active ? 'page' : undefined}>
      <item.icon size={iconSize} stroke={1.7} />
      <span>{t(item.label)}</span>
    </Link>
  );
}

/** The sidebar while in settings: its pages in groups, and the way back. */
function SettingsLinks() {
  const { t } = useLang();
  const can = useCan();
  return (
    <div className={classes.settings}>
      <Link to="/" className={classes.link}>
        <IconArrowLeft size={18} stroke={1.7} className={classes.back} aria-hidden />
        <span>{t('nav.back')}</span>
      </Link>
      {visibleGroups(can).map((group) => (
        <div key={group.label} role="group" aria-label={t(group.label)} className={classes.links}>
          <div className={classes.group} aria-hidden>
            {t(group.label)}
          </div>
          {group.items.map((item) => (
            <NavLink key={item.to} item={item} className={classes.link} iconSize={18} />
          ))}
        </div>
      ))}
    </div>
  );
}

/** On a phone, where settings have no sidebar: the way up from one of their pages. */
function UpToSettings() {
  const { t } = useLang();
  return (
    <Link to="/settings" className={classes.up}>
      <IconChevronLeft size={18} stroke={1.8} className={classes.back} aria-hidden />
      <span>{t('nav.settings')}</span>
    </Link>
  );
}

export function Shell() {
  const { t } = useLang();
  const session = useSession();
  const can = useCan();
  const client = useQueryClient();
  const [paletteTurn, setPaletteTurn] = useState(0);
  const [helpOpen, setHelpOpen] = useState(false);
  const mustSignIn = useStore(signInNeeded);
  const undo = useStore(lastUndo);
  const speakTo = useSpeak();
  const textOf = useErrorText();
  const speak = (lang: Lang) => speakTo(lang).catch((error: unknown) => toast.failed(textOf(error)));
  const openPalette = () => setPaletteTurn((turn) => turn + 1);

  const identity = identityOf(session);
  useEffect(() => startLive(client), [client, identity]);

  useShortcuts(
    [
      { key: 'mod+k', label: 'shortcut.palette', run: openPalette },
      { key: '/', label: 'shortcut.palette', run: openPalette },
      { key: '?', label: 'shortcut.help', run: () => setHelpOpen(true) },
      { key: 'u', label: 'shortcut.undo', run: () => undo?.() },
      { key: 'Escape', label: 'shortcut.close', shown: ['Esc'] },
    ],
    { under: true },
  );

  const main = visible(primaryNav, can);
  const gate = settingsGate(can);
  const path = useRouterState({ select: (s) => s.location.pathname });
  const settings = inSettings(path);

  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 228, breakpoint: 'sm', collapsed: { mobile: true } }}
      footer={{ height: { base: 64, sm: 0 } }}
      padding={0}
      layout="alt"
      transitionDuration={0}
    >
      <a href="#main" className="skip">
        {t('app.skip')}
      </a>
      <AppShell.Header className={classes.header}>
        <div className={classes.bar}>
          <Box hiddenFrom="sm" lh={0}>
            <Mark />
          </Box>
          <UnstyledButton className={classes.search} onClick={openPalette}>
            <IconSearch size={16} stroke={1.8} aria-hidden />
            <span className={classes.searchText}>{t(can('patients.read') ? 'search.withPatients' : 'search.placeholder')}</span>
            <Kbd size="xs" visibleFrom="sm" dir="ltr" aria-hidden>
              {isMac() ? '⌘ K' : 'Ctrl K'}
            </Kbd>
          </UnstyledButton>
          <div className={classes.spacer} />
          <Box visibleFrom="sm">
            <LanguageSwitch onSwitch={speak} />
          </Box>
          <Box visibleFrom="sm">
            <ThemeSwitch />
          </Box>
          <Bell />
          <UserMenu speak={speak} onHelp={() => setHelpOpen(true)} />
        </div>
      </AppShell.Header>

      <AppShell.Navbar visibleFrom="sm" className={classes.navbar} component="nav" aria-label={t('nav.label')}>
        <div className={classes.brand}>
          <Mark />
          <span className={classes.brandName}>{t('app.name')}</span>
        </div>
        <div className={classes.practice}>
          <IconBuildingHospital size={16} stroke={1.7} aria-hidden />
          <span>{session.practice.name}</span>
        </div>
        {settings ? (
          <SettingsLinks />
        ) : (
          <>
            <div className={classes.main}>
              {main.map((item) => (
                <NavLink key={item.to} item={item} className={classes.link} iconSize={18} />
              ))}
            </div>
            {gate.length ? (
              <div className={classes.linksBottom}>
                {gate.map((item) => (
                  <NavLink key={item.to} item={item} className={classes.link} iconSize={18} />
                ))}
              </div>
            ) : null}
          </>
        )}
      </AppShell.Navbar>

      <AppShell.Main id="main" tabIndex={-1}>
        {/* what comes later above the page would push it from under a finger */}
        <Suspense>
          {session.enrolBy ? <EnrolBanner by={session.enrolBy} timeZone={session.practice.timeZone} /> : null}
          {settings && path.replace(/\/$/, '') !== '/settings' ? <UpToSettings /> : null}
          {/* another person or practice starts with empty pages */}
          <Outlet key={identity} />
        </Suspense>
      </AppShell.Main>

      <AppShell.Footer hiddenFrom="sm" className={classes.bottomNav} component="nav" aria-label={t('nav.bottom')}>
        {main.filter(({ wide }) => !wide).map((item) => (
          <NavLink key={item.to} item={item} className={classes.bottomLink} iconSize={22} />
        ))}
        <MoreMenu items={[...main.filter(({ wide }) => wide), ...gate]} />
      </AppShell.Footer>

      <Suspense>
        {paletteTurn > 0 ? <Palette turn={paletteTurn} speak={speak} onHelp={() => setHelpOpen(true)} /> : null}
        {helpOpen ? <ShortcutHelp onClose={() => setHelpOpen(false)} /> : null}
        {session.practice.idleMinutes ? <IdleGuard minutes={session.practice.idleMinutes} /> : null}
        {mustSignIn ? <SignInAgain session={session} /> : null}
      </Suspense>
    </AppShell>
  );
}
