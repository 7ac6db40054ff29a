import { useLang } from '@/shared/i18n';
import type { AnyRole } from './draft';

export function useRoleName() {
  const { t } = useLang();
  return (role: AnyRole) => role.own?.name ?? t(`role.${role.basedOn}`);
}
