import type { KeyboardEvent } from 'react';

const ROW = '[data-row]';

/** Up, Down, Home and End between the rows of a list; Enter opens, since each row's handle is a real button. */
export function onRowKeys(event: KeyboardEvent<HTMLElement>) {
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>(ROW)];
  const at = rows.indexOf(document.activeElement as HTMLElement);
  if (at < 0) return;
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  rows[Math.max(0, Math.min(to, rows.length - 1))]?.focus();
}

export const focusFirstRow = (root: HTMLElement | null) => root?.querySelector<HTMLElement>(ROW)?.focus();
