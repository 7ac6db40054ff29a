import { useRouter, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useMemo } from 'react';
import { wantTexts } from '@/shared/i18n';
import type { VisitSearch } from '../today/search';

const AppointmentDrawer = lazy(async () => {
  const [module] = await Promise.all([import('../AppointmentDrawer'), wantTexts('scheduling'), wantTexts('patients')]);
  return { default: module.AppointmentDrawer };
});

/** Opens and closes the drawer of an appointment. Its id is in the address, so that going back closes it. */
export function useVisit() {
  const router = useRouter();
  return useMemo(() => {
    const go = (appointment: string | undefined, replace: boolean) =>
      void router.navigate({ to: '.', search: (now: VisitSearch) => ({ ...now, appointment }) as never, state: { ...router.state.location.state, peeked: !replace }, replace, resetScroll: false });
    return {
      open: (id: string) => go(id, false),
      close: () => (router.state.location.state.peeked ? router.history.back() : go(undefined, true)),
    };
  }, [router]);
}

/** The drawer over a page, while its address names an appointment. */
export function Visit() {
  const { appointment } = useSearch({ strict: false }) as VisitSearch;
  const { close } = useVisit();
  return <Suspense>{appointment ? <AppointmentDrawer key={appointment} id={appointment} onClose={close} /> : null}</Suspense>;
}
