import { Select } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { appointmentListQuery, type Item } from '@/features/scheduling/api';
import { useCan, useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDateTime } from '@/shared/i18n/format';

type Props = { patientId: string; /** Somebody has chosen already, perhaps none. */ settled?: boolean; value: string | null; onChange: (id: string | null) => void };

/** The visit that a message is about: by itself the next one that will be. */
export function VisitChoice(props: Props) {
  return useCan()('appointments.read') ? <Choice {...props} /> : null;
}

const isOpen = (item: Item) => !['cancelled', 'no_show'].includes(item.status);

function Choice({ patientId, settled = false, value, onChange }: Props) {
  const { t, lang, lookup } = useLang();
  const { timeZone } = useSession().practice;
  const [now] = useState(() => Date.now());
  const list = useInfiniteQuery(appointmentListQuery({ patientId, sort: '-start' }));
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  const next = items.filter((item) => Date.parse(item.start) > now && isOpen(item)).at(-1)?.id;
  useEffect(() => {
    if (next && !settled) onChange(next);
    // only once it is known which one is next; what somebody chooses then stays
  }, [next]);
  const label = (item: Item) => [formatDateTime(lang, timeZone, item.start), isOpen(item) ? undefined : lookup(`scheduling.status.${item.status}`)].filter(Boolean).join(' · ');
  return (
    <Select
      label={t('messages.compose.about')}
      placeholder={t('messages.compose.aboutNone')}
      data={items.map((item) => ({ value: item.id, label: label(item) }))}
      value={value}
      onChange={onChange}
      clearable
      disabled={!items.length}
    />
  );
}
