import { useLayoutEffect, useRef } from 'react';
import { insertAt } from './variables';

/** Puts pieces into a text field where one was writing, and goes on behind them. */
export function useInsert(text: string, onText: (text: string) => void) {
  const field = useRef<HTMLTextAreaElement>(null);
  const caret = useRef<number>(undefined);
  useLayoutEffect(() => {
    if (caret.current === undefined) return;
    field.current?.focus();
    field.current?.setSelectionRange(caret.current, caret.current);
    caret.current = undefined;
  }, [text]);
  const insert = (piece: string) => {
    const { selectionStart = text.length, selectionEnd = text.length } = field.current ?? {};
    const next = insertAt(text, piece, selectionStart, selectionEnd);
    caret.current = next.caret;
    onText(next.text);
  };
  return { field, insert };
}
