import type { Certainty, Span, SpanFacts } from "./model.ts";

type Stroke = {
  /** Certainty of the end. */
  end?: Certainty | "open";
  /** Certainty of the next span's start; defaults to the certainty of this end. */
  next?: Certainty;
};

/**
 * Draws the spans of one lane from left to right. Spans always touch, never overlap and never leave the lane: instants
 * are clamped between the pen's position and the end of the lane.
 */
export class SpanPen {
  readonly spans: Span[] = [];
  /** Where the next span starts, in milliseconds. */
  at: number;
  private readonly attempt: number;
  private readonly limit: number;
  private certainty: Certainty = "exact";
  private readonly named = new Set<string>();

  constructor(attempt: number, from: number, limit: number) {
    this.attempt = attempt;
    this.at = from;
    this.limit = limit;
  }

  /** Draws a span up to `until`. A span of zero length is kept only if it wrote a checkpoint. */
  draw(facts: SpanFacts, until: number, { end = "exact", next }: Stroke = {}): void {
    const to = Math.min(Math.max(until, this.at), this.limit);
    const keepEmpty = "step" in facts || facts.kind === "replayed";
    if (to > this.at || keepEmpty)
      this.spans.push({
        ...facts,
        id: this.createId(facts),
        from: this.at,
        to,
        start: this.certainty,
        end: to === until || end === "open" ? end : "inferred",
      });
    this.at = to;
    this.certainty = next ?? (end === "open" ? "exact" : end);
  }

  /** Moves the end of the last span. */
  extend(until: number, end: Certainty | "open"): void {
    const last = this.spans.at(-1);
    if (!last) return;
    this.at = last.to = Math.min(Math.max(until, this.at), this.limit);
    last.end = end;
    this.certainty = "exact";
  }

  /** Sets the certainty of the next span's start, which is a claim. */
  claimed(certainty: Certainty): void {
    this.certainty = certainty;
  }

  /** By step, so that links stay valid when spans are added; by position for other spans and repeated steps. */
  private createId(facts: SpanFacts): string {
    const name = "step" in facts ? `${this.attempt}:${facts.step}` : "";
    if (name === "" || this.named.has(name)) return `${this.attempt}.${this.spans.length}`;
    this.named.add(name);
    return name;
  }
}
