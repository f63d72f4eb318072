import type { Certainty, Span, SpanFacts } from "./model.ts";

type Stroke = {
  /** How well the end is known. */
  end?: Certainty | "open";
  /** How well the start of what follows is known; unless said, as well as this end. */
  next?: Certainty;
};

/**
 * Draws the spans of one lane from left to right. Whatever it is told, spans touch, never overlap and never leave the
 * lane: an instant before the pen counts as the pen's place, one behind the lane's end as that end.
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

  /** Draws up to `until`. Only what left a checkpoint is kept when it has no length. */
  draw(facts: SpanFacts, until: number, { end = "exact", next }: Stroke = {}): void {
    const to = Math.min(Math.max(until, this.at), this.limit);
    const lasting = "step" in facts || facts.kind === "replayed";
    if (to > this.at || lasting)
      this.spans.push({
        ...facts,
        id: this.identify(facts),
        from: this.at,
        to,
        start: this.certainty,
        end: to === until || end === "open" ? end : "inferred",
      });
    this.at = to;
    this.certainty = next ?? (end === "open" ? "exact" : end);
  }

  /** Moves the end of the span drawn last. */
  extend(until: number, end: Certainty | "open"): void {
    const last = this.spans.at(-1);
    if (!last) return;
    this.at = last.to = Math.min(Math.max(until, this.at), this.limit);
    last.end = end;
    this.certainty = "exact";
  }

  /** Marks the pen's place as a recorded claim, so that what follows starts exactly there. */
  claimed(certainty: Certainty): void {
    this.certainty = certainty;
  }

  /** Named by its step, so that a link outlives a reload; a second span of one step, and the rest, by position. */
  private identify(facts: SpanFacts): string {
    const name = "step" in facts ? `${this.attempt}:${facts.step}` : "";
    if (name === "" || this.named.has(name)) return `${this.attempt}.${this.spans.length}`;
    this.named.add(name);
    return name;
  }
}
