import { useEffect } from 'react';

/** The website that this page is shown within, as far as the browser says. */
function around(): string | undefined {
  if (window.parent === window) return undefined;
  const told = location.ancestorOrigins?.[0];
  if (told) return told;
  try {
    return new URL(document.referrer).origin;
  } catch {
    return undefined;
  }
}

/** Tells the website around this page how high it is, where the practice allows that website. */
export function useHeight(origins: readonly string[] | undefined) {
  useEffect(() => {
    const to = around();
    if (!to || !origins?.includes(to)) return;
    const root = document.getElementById('root')!;
    const tell = () => window.parent.postMessage({ type: 'vantage.height', height: Math.ceil(root.getBoundingClientRect().height) }, to);
    const watch = new ResizeObserver(tell);
    watch.observe(root);
    return () => watch.disconnect();
  }, [origins]);
}
