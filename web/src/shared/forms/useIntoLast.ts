import { useRef } from 'react';

/** After adding a row to a form: into it. Rows mark where one types first with `data-entry`. */
export function useIntoLast() {
  const ref = useRef<HTMLDivElement>(null);
  const go = () => requestAnimationFrame(() => [...(ref.current?.querySelectorAll<HTMLElement>('[data-entry]') ?? [])].at(-1)?.focus());
  return { ref, go };
}
