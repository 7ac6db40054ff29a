import { IconLock } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { type Permission, useCan } from '@/shared/auth/session';
import { type MessageId, useLang } from '@/shared/i18n';
import { Empty, PageHeader, usePageTitle } from '@/shared/ui/Page';

/** A page for those who have the right to it; others are told whom to ask. */
export function Gate({ title, needs, children }: { title: MessageId; needs: Permission; children: ReactNode }) {
  const { t } = useLang();
  usePageTitle(t(title));
  if (useCan()(needs)) return children;
  return (
    <>
      <PageHeader title={t(title)} />
      <Empty icon={<IconLock size={26} stroke={1.6} />} title={t('forbidden.title')} text={t('forbidden.text')} />
    </>
  );
}
