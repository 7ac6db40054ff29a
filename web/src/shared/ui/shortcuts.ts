import { useEffect, useRef } from 'react';
import type { MessageId } from '@/shared/i18n';
import { createStore } from '@/shared/store';

/**
 * `key` is one character, the name of a key, or `mod+` and a letter. Without `run` it only documents what the page or the browser does
 * by itself (arrows in a list, Escape in a dialog), and `shown` says how to write it.
 */
export type Shortcut = { key: string; label: MessageId; run?: () => void; shown?: string[] };

/** What works right now, for the help dialog: the list can not promise more than the pages on screen registered. */
export const activeShortcuts = createStore<readonly Shortcut[]>([]);

/** Where that character sits on a Latin keyboard, so that shortcuts work while an Arabic layout is active. */
const codeOf = (key: string) => (key === '/' || key === '?' ? 'Slash' : `Key${key.toUpperCase()}`);
const isLatin = (text: string) => /^[\x20-\x7e]$/.test(text);

export function matches(shortcut: string, e: Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>) {
  const mod = shortcut.startsWith('mod+');
  const key = mod ? shortcut.slice(4) : shortcut;
  if (e.altKey || mod !== (e.ctrlKey || e.metaKey)) return false;
  // keys with a name: Backspace, Escape
  if (key.length > 1) return e.key === key && !e.shiftKey;
  if (isLatin(e.key)) return e.key.toLowerCase() === key;
  return e.code === codeOf(key) && e.shiftKey === (key === '?');
}

const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));
/** Escape is theirs first. */
const inPopup = (target: EventTarget | null) => target instanceof Element && target.closest('[role=menu], [role=listbox], [aria-expanded=true]') !== null;
const dialogOpen = () => document.querySelector('[aria-modal="true"]') !== null;

function onKeyDown(event: KeyboardEvent) {
  if (event.defaultPrevented || event.isComposing) return;
  // the newest registration wins: a page may take a key over from the shell
  const hit = activeShortcuts.get().findLast((s) => s.run && matches(s.key, event));
  if (!hit) return;
  if (dialogOpen() || (hit.key.length > 1 && inPopup(event.target)) || (typing(event.target) && !hit.key.startsWith('mod+'))) return;
  event.preventDefault();
  hit.run?.();
}

/** Registers shortcuts for as long as the component is on screen; those of the shell lie `under` those of its pages. */
export function useShortcuts(shortcuts: Shortcut[], { under = false } = {}) {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  const shape = shortcuts.map((s) => s.key + s.label).join();
  useEffect(() => {
    const mine = latest.current.map((s, i): Shortcut => ({ ...s, ...(s.run ? { run: () => latest.current[i]?.run?.() } : {}) }));
    if (activeShortcuts.get().length === 0) window.addEventListener('keydown', onKeyDown);
    activeShortcuts.set(under ? [...mine, ...activeShortcuts.get()] : [...activeShortcuts.get(), ...mine]);
    return () => {
      activeShortcuts.set(activeShortcuts.get().filter((s) => !mine.includes(s)));
      if (activeShortcuts.get().length === 0) window.removeEventListener('keydown', onKeyDown);
    };
  }, [shape, under]);
}

export const isMac = () => /Mac|iPhone|iPad/.test(navigator.userAgent);
/** How a shortcut is written on this keyboard. */
export const shownKeys = (s: Shortcut): string[] =>
  s.shown ?? (s.key.startsWith('mod+') ? [isMac() ? '⌘' : 'Ctrl', s.key.slice(4).toUpperCase()] : [s.key.toUpperCase()]);
