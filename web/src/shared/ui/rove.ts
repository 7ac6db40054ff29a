import type { KeyboardEvent } from 'react';

/** Arrows, Home and End between buttons that count as one stop of the tabulator; they are marked `data-rove`. */
export function rove(event: KeyboardEvent<HTMLElement>) {
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-rove]')];
  const at = all.indexOf(document.activeElement as HTMLElement);
  const ahead = document.documentElement.dir === 'rtl' ? -1 : 1;
  const to = { ArrowRight: at + ahead, ArrowLeft: at - ahead, ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (at < 0 || to === undefined) return;
  event.preventDefault();
  all[Math.max(0, Math.min(to, all.length - 1))]?.focus();
}
