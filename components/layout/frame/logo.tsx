/** The logo: a path that returns to its start. */
export function Logo() {
  return (
    <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true" className="shrink-0">
      <rect width="20" height="20" rx="5" className="fill-inverse" />
      <path
        d="M5 14.5 10 5l2 3.8M8 14.5h7l-2-3.8"
        fill="none"
        strokeWidth="1.7"
        strokeLinecap="round"
        strokeLinejoin="round"
        className="stroke-ink-inverse"
      />
    </svg>
  );
}
