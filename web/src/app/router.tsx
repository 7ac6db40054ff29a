import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router';
import type { QueryClient } from '@tanstack/react-query';
import { keepToken } from '@/features/identity/mailedToken';
import { type Outcome, outcomeOf } from '@/features/identity/sign-in/external';
import { validateAbsencesSearch } from '@/features/practice/absences/search';
import { validateClosingSearch } from '@/features/practice/closing-days/search';
import { validateHoursSearch } from '@/features/practice/hours/search';
import { validateListSearch } from '@/features/practice/search';
import { validateServicesSearch } from '@/features/practice/services/search';
import { sessionQuery } from '@/shared/auth/session';
import { NotFound, RouteFailed } from './fallbacks';
import { queryClient } from './queryClient';

const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({ component: Outlet });

/** Only paths of this site: anything else in the address bar must not become a redirect. */
const ownPath = (next: unknown) => (typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : undefined);
type SignInSearch = { next?: string };
const validateNext = (search: Record<string, unknown>): SignInSearch => {
  const next = ownPath(search.next);
  return next ? { next } : {};
};

/** Signing in comes before the shell, which is a chunk of its own and not loaded for it. */
const outside = createRoute({
  getParentRoute: () => root,
  id: 'outside',
  validateSearch: validateNext,
  beforeLoad: async ({ context, search }) => {
    if (await context.queryClient.ensureQueryData(sessionQuery)) throw redirect({ to: search.next ?? '/' });
  },
});
const signIn = createRoute({
  getParentRoute: () => outside,
  path: '/sign-in',
  // where another provider leads back to: what came of it, or behind a `#` the question for the second factor
  validateSearch: (search: Record<string, unknown>): { external?: Outcome } => {
    const external = outcomeOf(search.external);
    return external ? { external } : {};
  },
  beforeLoad: ({ location, search }) => {
    if (keepToken(location.pathname, location.hash)) throw redirect({ to: '/sign-in', search, hash: '', replace: true });
  },
  component: lazyRouteComponent(() => import('@/features/identity/sign-in/SignInPage'), 'SignInPage'),
});
const signUp = createRoute({
  getParentRoute: () => outside,
  path: '/sign-up',
  component: lazyRouteComponent(() => import('@/features/identity/sign-up/SignUpPage'), 'SignUpPage'),
});
const forgot = createRoute({
  getParentRoute: () => outside,
  path: '/forgot',
  component: lazyRouteComponent(() => import('@/features/identity/reset/ForgotPage'), 'ForgotPage'),
});

/** Where mails lead, whoever is signed in: the secret leaves the address bar before the page is there. */
const takeToken = ({ location }: { location: { pathname: string; hash: string } }) => {
  if (keepToken(location.pathname, location.hash)) throw redirect({ to: location.pathname, hash: '', replace: true });
};
const reset = createRoute({
  getParentRoute: () => root,
  path: '/reset',
  beforeLoad: takeToken,
  component: lazyRouteComponent(() => import('@/features/identity/reset/ResetPage'), 'ResetPage'),
});
const invite = createRoute({
  getParentRoute: () => root,
  path: '/invite',
  beforeLoad: takeToken,
  component: lazyRouteComponent(() => import('@/features/identity/invite/InvitePage'), 'InvitePage'),
});

const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  beforeLoad: async ({ context, location }) => {
    if (await context.queryClient.ensureQueryData(sessionQuery)) return;
    throw redirect({ to: '/sign-in', search: location.href === '/' ? {} : { next: location.href } });
  },
  component: lazyRouteComponent(() => import('./Shell'), 'Shell'),
  notFoundComponent: NotFound,
});
const home = createRoute({
  getParentRoute: () => inside,
  path: '/',
  component: lazyRouteComponent(() => import('./HomePage'), 'HomePage'),
});
const settings = createRoute({
  getParentRoute: () => inside,
  path: '/settings',
  component: lazyRouteComponent(() => import('./SettingsPage'), 'SettingsPage'),
});
const services = createRoute({
  getParentRoute: () => inside,
  path: '/settings/services',
  validateSearch: validateServicesSearch,
  component: lazyRouteComponent(() => import('@/features/practice/services/ServicesPage'), 'ServicesPage'),
});
const locations = createRoute({
  getParentRoute: () => inside,
  path: '/settings/locations',
  validateSearch: validateListSearch,
  component: lazyRouteComponent(() => import('@/features/practice/locations/LocationsPage'), 'LocationsPage'),
});
const rooms = createRoute({
  getParentRoute: () => inside,
  path: '/settings/rooms',
  validateSearch: validateListSearch,
  component: lazyRouteComponent(() => import('@/features/practice/rooms/RoomsPage'), 'RoomsPage'),
});
const providers = createRoute({
  getParentRoute: () => inside,
  path: '/settings/providers',
  validateSearch: validateListSearch,
  component: lazyRouteComponent(() => import('@/features/practice/providers/ProvidersPage'), 'ProvidersPage'),
});
const absences = createRoute({
  getParentRoute: () => inside,
  path: '/settings/absences',
  validateSearch: validateAbsencesSearch,
  component: lazyRouteComponent(() => import('@/features/practice/absences/AbsencesPage'), 'AbsencesPage'),
});
const closingDays = createRoute({
  getParentRoute: () => inside,
  path: '/settings/closing-days',
  validateSearch: validateClosingSearch,
  component: lazyRouteComponent(() => import('@/features/practice/closing-days/ClosingDaysPage'), 'ClosingDaysPage'),
});
const hours = createRoute({
  getParentRoute: () => inside,
  path: '/settings/hours',
  validateSearch: validateHoursSearch,
  component: lazyRouteComponent(() => import('@/features/practice/hours/HoursPage'), 'HoursPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    outside.addChildren([signIn, signUp, forgot]),
    reset,
    invite,
    inside.addChildren([
      home,
      settings,
      locations,
      rooms,
      services,
      providers,
      hours,
      absences,
      closingDays,
    ]),
  ]),
  context: { queryClient },
  defaultPreload: 'intent',
  // queries know how fresh they are; the router shall not keep a second opinion
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
  defaultErrorComponent: RouteFailed,
  defaultNotFoundComponent: NotFound,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
