import { useRouter } from '@tanstack/react-router';
import { type KeyboardEvent, useMemo } from 'react';
import { onRowKeys } from '@/shared/ui/rowKeys';
import type { PeekSearch } from '../search';

/** Rows of the list behind the drawer, from the first to the last. */
export const rowsBehind = () => [...document.querySelectorAll<HTMLElement>('main [data-row]')];

/** Opens, moves and closes the drawer that shows whom a row is about. Its patient's id is in the address, so that going back closes it. */
export function usePeek() {
  const router = useRouter();
  return useMemo(() => {
    const go = (peek: string | undefined, open: boolean) =>
      void router.navigate({
        to: '.',
        search: (now: PeekSearch) => ({ ...now, peek }) as never,
        state: open ? { ...router.state.location.state, peeked: true } : true,
        replace: !open,
        resetScroll: false,
      });
    const peek = (id: string) => go(id, !(router.state.location.search as PeekSearch).peek);
    return {
      peek,
      close: () => (router.state.location.state.peeked ? router.history.back() : go(undefined, false)),
      /** For the list: arrows go from row to row, Space opens the drawer. */
      onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
        const { row } = (event.target as HTMLElement).dataset;
        if (event.key !== ' ' || !row) return onRowKeys(event);
        event.preventDefault();
        peek(row);
      },
    };
  }, [router]);
}
