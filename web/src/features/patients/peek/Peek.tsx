import { useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import type { PatientsSearch } from '../search';

const PeekDrawer = lazy(() => import('./PeekDrawer').then((m) => ({ default: m.PeekDrawer })));

/** The drawer over a list, while the address has somebody to show. */
export function Peek() {
  const { peek, new: entering } = useSearch({ strict: false }) as PatientsSearch;
  return <Suspense>{peek ? <PeekDrawer id={peek} overForm={!!entering} /> : null}</Suspense>;
}
