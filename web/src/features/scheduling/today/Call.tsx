import { ActionIcon } from '@mantine/core';
import { IconPhone } from '@tabler/icons-react';
import { phoneText } from '@/features/patients/person';
import { useLang } from '@/shared/i18n';

/** Calls somebody, where there is a number; the device's own programs do it. */
export function Call({ name, phone }: { name: string; phone: string | null }) {
  const { t } = useLang();
  if (!phone) return null;
  return (
    <ActionIcon component="a" href={`tel:${phone}`} variant="default" size={32} aria-label={t('scheduling.today.call', { name, phone: phoneText(phone) })} title={phoneText(phone)}>
      <IconPhone size={16} stroke={1.8} />
    </ActionIcon>
  );
}
