import { createStore } from '@/shared/store';

/** True while the server cannot be reached. The banner reads it; requests and the live socket write it. */
export const connectionLost = createStore(false);

const recovered = new Set<() => void>();
/** Called each time the server is reachable again after having been lost. */
export function onRecovered(listener: () => void): () => void {
  recovered.add(listener);
  return () => void recovered.delete(listener);
}

const FIRST_MS = 1_000;
const LONGEST_MS = 15_000;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Any answer counts, also a refusal: it shows that the server is there. */
export function reachable() {
  clearTimeout(timer);
  timer = undefined;
  if (!connectionLost.get()) return;
  connectionLost.set(false);
  for (const listener of [...recovered]) listener();
}

/** Starts asking again, less and less often and never in step with other clients. */
export function unreachable(ask: () => Promise<boolean>, delay = FIRST_MS) {
  connectionLost.set(true);
  if (timer !== undefined) return;
  timer = setTimeout(
    async () => {
      const answered = await ask();
      timer = undefined;
      if (answered) reachable();
      else unreachable(ask, Math.min(delay * 2, LONGEST_MS));
    },
    delay * (0.75 + Math.random() / 2),
  );
}
