"use client";
import { createPortal } from "react-dom";
import { useZone } from "@/components/ui/text/zone";
import { hasUserName, labelSpan, labelSpanKind } from "@/lib/timeline/labels";
import type { Lane, Span } from "@/lib/timeline/model";
import { SpanFacts } from "./span-facts";
import { listSpanFacts } from "./span-text";

export type Hovered = { lane: Lane; span: Span; x: number; y: number };

const WIDTH = 264;

/** The facts about the span under the pointer. The card itself ignores the pointer. */
export function HoverCard({ hovered }: { hovered: Hovered }) {
  const zone = useZone();
  const { lane, span, x, y } = hovered;
  const ahead = lane.spans.at(-1) === span ? (lane.ahead[0] ?? null) : null;
  const below = y < window.innerHeight - 220;
  return createPortal(
    <div
      role="presentation"
      className="pointer-events-none fixed z-40 rounded-2 bg-raised px-3 py-2 shadow-3"
      style={{
        width: WIDTH,
        left: Math.max(8, Math.min(x + 12, window.innerWidth - WIDTH - 8)),
        ...(below ? { top: y + 18 } : { bottom: window.innerHeight - y + 12 }),
      }}
    >
      <p className={hasUserName(span) ? "mono truncate" : "font-medium"}>{labelSpan(span)}</p>
      <p className="mb-1 text-12 text-ink-3">
        {labelSpanKind(span)}, attempt {lane.attempt}
      </p>
      <SpanFacts facts={listSpanFacts(span, ahead, zone)} />
    </div>,
    document.body,
  );
}
