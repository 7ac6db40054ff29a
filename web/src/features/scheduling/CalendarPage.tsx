import { useLang } from '@/shared/i18n';
import { Gate } from '@/shared/ui/Gate';
import { PageHeader } from '@/shared/ui/Page';

export function CalendarPage() {
  const { t } = useLang();
  return (
    <Gate title="calendar.title" needs="appointments.read">
      <PageHeader title={t('calendar.title')} />
    </Gate>
  );
}
