import type { Scale } from "@/lib/timeline/axis/scale";
import type { Span } from "@/lib/timeline/model";

/** Spans in the window, at most one per pixel: of several that end on the same pixel, the first is kept. */
export function listVisible(spans: readonly Span[], scale: Scale): Span[] {
  const kept: Span[] = [];
  let reached = Number.NEGATIVE_INFINITY;
  for (const span of spans) {
    if (span.to < scale.from || span.from > scale.to) continue;
    const right = Math.ceil(scale.toX(span.to));
    if (right <= reached) continue;
    reached = right;
    kept.push(span);
  }
  return kept;
}
