/** Hatches and the gradient used by bars. Rendered once per page. */
export function TimelinePatterns() {
  return (
    <svg width="0" height="0" aria-hidden="true" className="absolute">
      <defs>
        <Hatch id="timeline-queued" ground="fill-surface" line="stroke-chart-hatch" />
        <Hatch id="timeline-late" ground="fill-pending-soft" line="stroke-pending-solid" />
        <linearGradient id="timeline-working">
          <stop offset="0" className="[stop-color:var(--color-running-line)]" />
          <stop offset="1" className="[stop-color:var(--color-running-solid)]" />
        </linearGradient>
        <pattern id="timeline-hidden" width="12" height="12" patternUnits="userSpaceOnUse">
          <path d="M1 0 11 6 1 12" fill="none" className="stroke-line-strong" />
        </pattern>
      </defs>
    </svg>
  );
}

function Hatch({ id, ground, line }: { id: string; ground: string; line: string }) {
  return (
    <pattern
      id={id}
      width="5"
      height="5"
      patternUnits="userSpaceOnUse"
      patternTransform="rotate(45)"
    >
      <rect width="5" height="5" className={ground} />
      <line x1="0" x2="0" y1="0" y2="5" strokeWidth="3" className={line} />
    </pattern>
  );
}
