import type { ReactNode } from "react";
import { createScale } from "@/lib/timeline/axis/scale";
import type { Span, SpanFacts } from "@/lib/timeline/model";
import { AheadBar, Bar } from "./drawing/bar";

const SCALE = createScale({ from: 0, to: 20 }, 20);

const KINDS: [name: string, facts: SpanFacts, inferred?: true][] = [
  ["queued", { kind: "queued", reason: "new" }],
  ["working", { kind: "working", worker: null }],
  ["step", { kind: "step", step: "" }],
  ["start inferred", { kind: "step", step: "" }, true],
  ["replayed", { kind: "replayed", count: 1, attempts: [], copied: 0 }],
  ["sleep", { kind: "sleep", step: "", until: 0 }],
  ["late", { kind: "late", due: 0 }],
  ["event wait", { kind: "event-wait", event: "", step: "", emittedAt: null }],
  ["backoff", { kind: "backoff", due: 0, policy: null }],
  ["failed", { kind: "failure", error: null }],
  ["lost lease", { kind: "lost", worker: null, expiredAt: 0 }],
  ["not recorded", { kind: "unknown" }],
];

/** Explains the bars. */
export function Legend() {
  return (
    <ul className="flex flex-wrap items-center gap-x-3.5 gap-y-1 border-t bg-canvas px-3 py-2 text-12 text-ink-2 wide:px-4">
      {KINDS.map(([name, facts, inferred]) => {
        const span: Span = {
          ...facts,
          id: name,
          from: 2,
          to: 18,
          start: inferred ? "inferred" : "exact",
          end: "exact",
        };
        return (
          <Entry key={name} name={name}>
            <Bar span={span} scale={SCALE} row={16} height={10} />
          </Entry>
        );
      })}
      <Entry name="lease">
        <AheadBar
          ahead={{ kind: "lease", from: 2, until: 18 }}
          scale={SCALE}
          row={16}
          height={10}
        />
      </Entry>
      <Entry name="projected retry">
        <line
          x1="1"
          x2="12"
          y1="8"
          y2="8"
          className="stroke-pending-line [stroke-dasharray:2_4] [stroke-width:2]"
        />
        <circle
          cx="14"
          cy="8"
          r="5"
          className="fill-surface stroke-pending-solid [stroke-dasharray:2_2]"
        />
      </Entry>
    </ul>
  );
}

function Entry({ name, children }: { name: string; children: ReactNode }) {
  return (
    <li className="flex items-center gap-1.5 whitespace-nowrap">
      <svg width="20" height="16" aria-hidden="true">
        {children}
      </svg>
      {name}
    </li>
  );
}
