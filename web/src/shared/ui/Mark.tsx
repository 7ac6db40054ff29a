/** The product's mark. Decoration: the name stands beside it or in the page's title. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden>
      <rect width="32" height="32" rx="9" fill="var(--mantine-color-brand-7)" />
      <path d="M8.5 9.5 16 23l7.5-13.5" fill="none" stroke="#fff" strokeWidth="3.4" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}
