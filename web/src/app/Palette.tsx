import '@mantine/spotlight/styles.css';
import { Spotlight, spotlight } from '@mantine/spotlight';
import { IconKeyboard, IconLanguage, IconMoon, IconPlus, IconSearch, IconUser } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useCan } from '@/shared/auth/session';
import { type Lang, useLang } from '@/shared/i18n';
import { otherLang, useTheme } from '@/shared/ui/Switches';
import { primaryNav, settingsGate, visible, visibleGroups } from './nav';

type Props = {
  /** Grows each time it shall open. */
  turn: number;
  onHelp: () => void;
  speak: (lang: Lang) => unknown;
};

/** Pages and actions by name. */
export function Palette({ turn, onHelp, speak }: Props) {
  const { t, lang } = useLang();
  const can = useCan();
  const { dark, toggle } = useTheme();
  const navigate = useNavigate();
  useEffect(() => spotlight.open(), [turn]);

  const pages = [...visible(primaryNav, can), ...settingsGate(can), ...visibleGroups(can).flatMap((group) => group.items)].map((item) => ({
    id: item.to,
    label: t(item.label),
    leftSection: <item.icon size={18} stroke={1.7} />,
    onClick: () => void navigate({ to: item.to }),
  }));
  const actions = [
    { id: 'account', label: t('nav.account'), leftSection: <IconUser size={18} stroke={1.7} />, onClick: () => void navigate({ to: '/account' }) },
    ...(can('services.write')
      ? [
          {
            id: 'service.new',
            label: t('services.new'),
            leftSection: <IconPlus size={18} stroke={1.7} />,
            onClick: () => void navigate({ to: '/settings/services', search: { new: true } }),
          },
        ]
      : []),
    { id: 'lang', label: t('lang.label'), leftSection: <IconLanguage size={18} stroke={1.7} />, onClick: () => void speak(otherLang(lang)) },
    { id: 'theme', label: t(dark ? 'theme.light' : 'theme.dark'), leftSection: <IconMoon size={18} stroke={1.7} />, onClick: toggle },
    { id: 'help', label: t('shortcut.help'), leftSection: <IconKeyboard size={18} stroke={1.7} />, onClick: onHelp },
  ];

  return (
    <Spotlight
      attributes={{ content: { 'aria-label': t('search.placeholder') } }}
      actions={[...pages, ...actions]}
      nothingFound={t('search.nothing')}
      shortcut={null}
      highlightQuery
      searchProps={{ leftSection: <IconSearch size={18} />, placeholder: t('search.placeholder'), 'aria-label': t('search.placeholder') }}
    />
  );
}
