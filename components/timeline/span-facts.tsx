import type { SpanFact } from "./span-text";

/** The facts about a span as a definition list. */
export function SpanFacts({ facts }: { facts: SpanFact[] }) {
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 text-12 leading-5">
      {facts.map(({ label, value, note }) => (
        <div key={label} className="contents">
          <dt className="text-ink-3">{label}</dt>
          <dd className="min-w-0 break-words">
            {value} {note && <span className="text-ink-3">{note}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
