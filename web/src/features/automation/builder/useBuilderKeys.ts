import { type KeyboardEvent, useCallback, useEffect, useRef } from 'react';
import { useShortcuts } from '@/shared/ui/shortcuts';
import { beside, layout } from '../layout';
import { isLane, type Key, readingOrder, TRIGGER } from '../tree';
import type { Builder } from './useBuilder';

const typing = (target: EventTarget | null) => target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));

/** On a button of a form or of the palette, where nobody means the step. */
const isBeside = (target: EventTarget | null) => target instanceof Element && !!target.closest('aside');

const PATIENCE_MS = 3_000;
/** Tries in each frame until it works: the canvas draws what is new a little later, and a form comes when it is first wanted. */
function soon(attempt: () => boolean): () => void {
  const until = performance.now() + PATIENCE_MS;
  let frame = 0;
  const next = () => {
    if (!attempt() && performance.now() < until) frame = requestAnimationFrame(next);
  };
  next();
  return () => cancelAnimationFrame(frame);
}

type Hooks = {
  host: React.RefObject<HTMLElement | null>;
  /** Behind what is chosen, or the step that has the focus. */
  onAdd: (behind: Key | null) => void;
};

/** The step that has the focus, which is chosen no more once one has left its form. */
const focused = (): Key | undefined => document.activeElement?.closest<HTMLElement>('[data-key]')?.dataset.key;

/** Everything that can be done with a mouse on the canvas, with the keyboard. */
export function useBuilderKeys({ editor, definition, dispatch, readOnly }: Builder, { host, onAdd }: Hooks) {
  const { selected } = editor;
  const wanted = useRef(false);
  // where one was, to come back to it
  const last = useRef<Key>(TRIGGER);
  if (selected) last.current = selected;
  /** The chosen card gets the focus once it is there. */
  const follow = useCallback(() => {
    wanted.current = true;
  }, []);
  useEffect(() => {
    if (!wanted.current) return;
    wanted.current = false;
    return soon(() => {
      const card = host.current?.querySelector<HTMLElement>(`[data-key="${selected ?? last.current}"]`);
      card?.focus({ preventScroll: true });
      return !!card;
    });
  }, [selected, definition]);

  /** The focus goes to where one was, once whatever covers it is gone. */
  const back = useCallback(() => {
    wanted.current = false;
    requestAnimationFrame(() => {
      const keyed = (key: Key) => host.current?.querySelector<HTMLElement>(`[data-key="${key}"]`);
      (keyed(last.current) ?? keyed(TRIGGER))?.focus({ preventScroll: true });
    });
  }, [host]);

  const act = (work: () => void) => {
    follow();
    work();
  };

  const onEdit = (event: globalThis.KeyboardEvent): boolean => {
    const mod = event.ctrlKey || event.metaKey;
    const at = selected ?? focused();
    const letter = event.code.replace('Key', '').toLowerCase();
    if (mod && letter === 'z') return (act(() => dispatch({ do: event.shiftKey ? 'redo' : 'undo' })), true);
    if (mod && letter === 'y') return (act(() => dispatch({ do: 'redo' })), true);
    if (mod && letter === 'd' && at && !isLane(at) && at !== TRIGGER) return (act(() => dispatch({ do: 'duplicate', id: at })), true);
    if (mod || event.altKey) return false;
    if ((event.key === 'Delete' || event.key === 'Backspace') && at && !isBeside(event.target)) return (act(() => dispatch({ do: 'remove', key: at })), true);
    if (event.key === '+') return (onAdd(at ?? null), true);
    return false;
  };
  const latest = useRef(onEdit);
  latest.current = onEdit;
  useEffect(() => {
    if (readOnly) return;
    const listen = (event: globalThis.KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || typing(event.target) || document.querySelector('[aria-modal="true"]')) return;
      if (latest.current(event)) event.preventDefault();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [readOnly]);

  useShortcuts([
    ...(readOnly
      ? []
      : [
          { key: '/', label: 'workflows.key.add' as const, run: () => onAdd(selected ?? focused() ?? null), shown: ['/', '+'] },
          { key: 'mod+z', label: 'workflows.key.undo' as const },
          { key: 'Delete', label: 'workflows.key.delete' as const, shown: ['Del'] },
          { key: 'mod+d', label: 'workflows.key.duplicate' as const },
          { key: 'Alt', label: 'workflows.key.move' as const, shown: ['Alt', '↑', '↓'] },
        ]),
    { key: 'ArrowDown', label: 'workflows.key.go', shown: ['↑', '↓', '←', '→'] },
    { key: 'Enter', label: 'workflows.key.open', shown: ['Enter'] },
  ]);

  /** For the canvas alone, whose cards it goes through. */
  const onCanvasKeys = (event: KeyboardEvent) => {
    if (!(event.target as HTMLElement).closest('[data-key]') || event.ctrlKey || event.metaKey) return;
    const now = selected ?? (event.target as HTMLElement).closest<HTMLElement>('[data-key]')!.dataset.key!;
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (event.altKey) {
      if (!by || readOnly || now === TRIGGER) return;
      event.preventDefault();
      return act(() => dispatch({ do: 'moveBy', key: now, by }));
    }
    const order = readingOrder(definition);
    const side = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const to = by ? order[order.indexOf(now) + by] : side ? beside(layout(definition).boxes, now, side) : event.key === 'Home' ? order[0] : event.key === 'End' ? order.at(-1) : undefined;
    if (to) {
      event.preventDefault();
      act(() => dispatch({ do: 'select', key: to }));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      const key = (event.target as HTMLElement).closest<HTMLElement>('[data-key]')!.dataset.key!;
      dispatch({ do: 'select', key });
      focusInspector(key);
    } else if (event.key === 'Escape' && selected) dispatch({ do: 'select', key: null });
  };

  return { onCanvasKeys, follow, back };
}

const FIELDS = 'input, textarea, select, [role=textbox], button';
/** Goes to a field of what is chosen, or to the first, as soon as it is there. */
export function focusInspector(key: Key, field?: string) {
  soon(() => {
    const form = document.querySelector(`[data-inspector="${key}"]`);
    const parts = [...(form?.querySelectorAll<HTMLElement>('[data-field]') ?? [])];
    const at = field === undefined ? undefined : (parts.find((part) => part.dataset.field === field) ?? parts.find((part) => part.dataset.field && field.startsWith(`${part.dataset.field}.`)));
    const node = at?.matches(FIELDS) ? at : (at ?? form)?.querySelector<HTMLElement>(FIELDS);
    node?.focus();
    return !!node;
  });
}
