import { useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { identityOf, useSession } from '@/shared/auth/session';
import type { Filter } from '@/shared/filter/filter';
import { keep, keptOf } from './kept';

const TYPING_MS = 200;

/** What was typed and set lives here and nowhere else; it comes back when one returns from a case, and not otherwise. */
export function useTyped(workflowId: string) {
  const where = `${identityOf(useSession())} ${workflowId}`;
  const router = useRouter();
  const [typed, setTyped] = useState(() => keptOf(where).typed);
  const [filter, setFilter] = useState<Filter | undefined>(() => keptOf(where).filter);
  const [q, setQ] = useState(typed.trim());
  useEffect(() => keep(where, { typed, filter }), [where, typed, filter]);
  useEffect(
    () => () => {
      if (!router.latestLocation.pathname.startsWith('/cases/')) keep(where, { typed: '', filter: undefined, row: undefined });
    },
    [where, router],
  );
  useEffect(() => {
    const text = typed.trim();
    // emptying the box needs no waiting
    if (!text) return setQ('');
    const timer = setTimeout(() => setQ(text), TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return { typed, setTyped, q, filter, setFilter, row: keptOf(where).row, setRow: (row: string | undefined) => keep(where, { row }) };
}
