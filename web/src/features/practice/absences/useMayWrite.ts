import { useCan, useSession } from '@/shared/auth/session';
import type { Owner } from '../hours/api';

/** Whose absences the person may enter and change. */
export function useMayWrite() {
  const can = useCan();
  const { user } = useSession();
  return (owner: Owner | null) => can('hours.write') || (can('hours.write_own') && owner === `provider:${user.id}`);
}
