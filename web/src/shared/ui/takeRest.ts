/** For a `ref`: tells the element, as `--above`, how much of the window lies above it, so that it can take the rest and no more. */
export function takeRest(node: HTMLElement | null) {
  const main = node?.closest('main');
  if (!node || !main) return;
  const measure = () => node.style.setProperty('--above', `${Math.round(node.getBoundingClientRect().top + window.scrollY)}px`);
  // banners come and go above it
  const watch = new ResizeObserver(measure);
  watch.observe(main);
  measure();
  return () => watch.disconnect();
}
