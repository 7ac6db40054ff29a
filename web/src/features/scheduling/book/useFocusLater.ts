import { useRef } from 'react';

/** Focus for what is not there yet: `ask` for it, and it comes with the element. */
export function useFocusLater() {
  const asked = useRef(false);
  const ref = (node: HTMLElement | null) => {
    if (!node || !asked.current) return;
    asked.current = false;
    node.focus();
  };
  return { ref, ask: () => void (asked.current = true) };
}
