import { ActionIcon, UnstyledButton, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { IconLanguage, IconMoon, IconSun } from '@tabler/icons-react';
import { type Lang, useLang } from '@/shared/i18n';
import classes from './Switches.module.css';

export const otherLang = (lang: Lang): Lang => (lang === 'ar' ? 'en' : 'ar');

/** `onSwitch`: the page's way of speaking another language, which also keeps it for whoever is signed in. */
export function LanguageSwitch({ onSwitch }: { onSwitch: (lang: Lang) => unknown }) {
  const { t, lang } = useLang();
  const other = otherLang(lang);
  return (
    <UnstyledButton className={classes.lang} lang={other} title={t('lang.label')} onClick={() => void onSwitch(other)}>
      <IconLanguage size={18} stroke={1.7} aria-hidden />
      <span className={classes.text}>{t('lang.switch')}</span>
    </UnstyledButton>
  );
}

export function useTheme() {
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme('light') === 'dark';
  return { dark, toggle: () => setColorScheme(dark ? 'light' : 'dark') };
}

export function ThemeSwitch() {
  const { t } = useLang();
  const { dark, toggle } = useTheme();
  const label = t(dark ? 'theme.light' : 'theme.dark');
  return (
    <ActionIcon variant="subtle" color="gray" size={36} aria-label={label} title={label} onClick={toggle}>
      {dark ? <IconSun size={18} stroke={1.7} /> : <IconMoon size={18} stroke={1.7} />}
    </ActionIcon>
  );
}
