import { getRouteApi } from '@tanstack/react-router';
import { useSession } from '@/shared/auth/session';
import type { Names } from '../useNames';

const route = getRouteApi('/inside/today');
/** Where somebody sat last, on this machine: an id, nothing else. */
const LAST = 'vantage.location';

/** The location whose day is shown: as the address says, as it was last, or where one works. */
export function usePlace(names: Names) {
  const { user } = useSession();
  const { location } = route.useSearch();
  const navigate = route.useNavigate();
  const known = (id: string | null | undefined) => names.places?.find((place) => place.id === id)?.id;
  const place = known(location) ?? known(localStorage.getItem(LAST)) ?? names.usualPlace(user.id);
  const choose = (id: string | null) => {
    if (!id) return;
    localStorage.setItem(LAST, id);
    void navigate({ search: (now) => ({ ...now, location: id }), replace: true });
  };
  return { place, choose };
}
