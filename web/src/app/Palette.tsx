import '@mantine/spotlight/styles.css';
import { useDebouncedValue } from '@mantine/hooks';
import { Spotlight, spotlight } from '@mantine/spotlight';
import { IconAlertTriangle, IconKeyboard, IconLanguage, IconMoon, IconPlus, IconSearch, IconUser } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { patientSearchQuery } from '@/features/patients/api';
import { namesOf, phoneText } from '@/features/patients/person';
import { useCan } from '@/shared/auth/session';
import { type Lang, useLang } from '@/shared/i18n';
import { formatDayShort } from '@/shared/i18n/format';
import { otherLang, useTheme } from '@/shared/ui/Switches';
import { primaryNav, settingsGate, visible, visibleGroups } from './nav';

type Props = {
  /** Grows each time it shall open. */
  turn: number;
  onHelp: () => void;
  speak: (lang: Lang) => unknown;
};

const TYPING_MS = 150;
const LETTERS = 2;

/** Patients who fit what was typed, as the server found them. */
function useFound(typed: string) {
  const { lang } = useLang();
  const navigate = useNavigate();
  const enabled = useCan()('patients.read') && typed.trim().length >= LETTERS;
  const [q] = useDebouncedValue(typed.trim(), TYPING_MS);
  const { data } = useQuery({ ...patientSearchQuery(q), enabled: enabled && q.length >= LETTERS });
  return (enabled ? (data ?? []) : []).map((p) => {
    const { name, other } = namesOf(p, lang);
    const facts = [other, p.birthDate && formatDayShort(lang, p.birthDate), p.phone && `\u2066${phoneText(p.phone)}\u2069`];
    return {
      id: p.id,
      label: name,
      description: facts.filter(Boolean).join(' · '),
      leftSection: p.alerts.some((alert) => alert.severe) ? <IconAlertTriangle size={18} stroke={1.7} /> : <IconUser size={18} stroke={1.7} />,
      onClick: () => void navigate({ to: '/patients/$id', params: { id: p.id }, search: {} }),
    };
  });
}

/** Patients, and pages and actions by name. */
export function Palette({ turn, onHelp, speak }: Props) {
  const { t, lang } = useLang();
  const can = useCan();
  const { dark, toggle } = useTheme();
  const navigate = useNavigate();
  const [typed, setTyped] = useState('');
  const found = useFound(typed);
  useEffect(() => spotlight.open(), [turn]);

  const pages = [...visible(primaryNav, can), ...settingsGate(can), ...visibleGroups(can).flatMap((group) => group.items)].map((item) => ({
    id: item.to,
    label: t(item.label),
    leftSection: <item.icon size={18} stroke={1.7} />,
    onClick: () => void navigate({ to: item.to }),
  }));
  const actions = [
    { id: 'account', label: t('nav.account'), leftSection: <IconUser size={18} stroke={1.7} />, onClick: () => void navigate({ to: '/account' }) },
    ...(can('patients.write')
      ? [
          {
            id: 'patient.new',
            label: t('patients.new'),
            leftSection: <IconPlus size={18} stroke={1.7} />,
            onClick: () => void navigate({ to: '/patients', search: { new: true } }),
          },
        ]
      : []),
    ...(can('tasks.write')
      ? [
          {
            id: 'task.new',
            label: t('tasks.new'),
            leftSection: <IconPlus size={18} stroke={1.7} />,
            onClick: () => void navigate({ to: '/tasks', search: { new: true } }),
          },
        ]
      : []),
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

  const label = t(can('patients.read') ? 'search.withPatients' : 'search.placeholder');
  const wanted = typed.trim().toLowerCase();
  const named = [...pages, ...actions].filter((action) => action.label.toLowerCase().includes(wanted));

  return (
    <Spotlight
      attributes={{ content: { 'aria-label': label } }}
      query={typed}
      onQueryChange={setTyped}
      // patients were found by the server, by more than their names
      filter={(_, all) => all}
      actions={found.length ? [{ group: t('nav.patients'), actions: found }, ...(named.length ? [{ group: t('search.pages'), actions: named }] : [])] : named}
      scrollable
      maxHeight={420}
      nothingFound={t('search.nothing')}
      shortcut={null}
      highlightQuery
      searchProps={{
        // what the server found arrives after the list has chosen its first line
        onKeyDown: (event) => {
          if (event.key !== 'Enter' || !found[0] || document.querySelector('[data-action][data-selected]')) return;
          spotlight.close();
          found[0].onClick();
        },
        leftSection: <IconSearch size={18} />,
        placeholder: label,
        'aria-label': label,
      }}
    />
  );
}
