import {
  formatAge,
  formatCountdown,
  formatDuration,
  formatExactClock,
  formatInstant,
  formatNear,
  formatNumber,
  formatSecond,
} from "@/lib/format";
import { toInstant } from "@/lib/model/instants";
import type { Ahead, Projection, Span } from "@/lib/timeline/model";

/** A piece of the text beside a bar; `tone` selects its colour. */
export type Note = {
  text: string;
  tone: "quiet" | "late" | "sleep" | "bad" | "running";
  strong?: boolean;
};

/** The text beside a row's bar. Times are in the reader's `zone`. */
export function listNotes(
  span: Span,
  tail: Span | null,
  ahead: Ahead | null,
  zone: string,
): Note[] {
  const notes = listSpanNotes(span, ahead, zone);
  if (tail?.kind === "late") notes.push(...listLateNotes(tail));
  if (tail?.kind === "queued") notes.push(createClaimNote(tail));
  if (tail?.kind === "expired" && tail.end === "open")
    notes.push({ text: `lease expired ${formatAge(tail.to - tail.from)} ago`, tone: "bad" });
  return notes;
}

function listSpanNotes(span: Span, ahead: Ahead | null, zone: string): Note[] {
  const clock = (at: number) => formatNear(toInstant(at), toInstant(span.from), zone);
  switch (span.kind) {
    case "late":
      return listLateNotes(span);
    case "sleep":
      return ahead ? [{ text: `until ${clock(ahead.until)}`, tone: "sleep" }] : [];
    case "failure":
      return span.error
        ? [
            ...(span.error.name
              ? [{ text: span.error.name, tone: "bad", strong: true } as const]
              : []),
            { text: span.error.message.split("\n", 1)[0] ?? "", tone: "bad" },
          ]
        : [];
    case "lost":
      return [
        { text: `${span.worker ?? "worker"} lost the lease`, tone: "bad", strong: true },
        { text: `expired ${clock(span.expiredAt)}`, tone: "bad" },
      ];
    case "event-wait":
      return listEventNotes(span, clock);
    case "timed-out-wait":
      return [{ text: "timed out", tone: "late" }];
    case "backoff": {
      const policy = span.policy ? `${span.policy}, ` : "";
      return [quiet(`${policy}due ${clock(span.due)}`)];
    }
    case "working":
      if (ahead?.kind !== "lease") return [];
      return [
        quiet("lease"),
        { text: formatCountdown(ahead.until - ahead.from), tone: "running", strong: true },
      ];
    case "deferred":
      return [
        quiet(
          span.unknownTask === "likely" ? "unknown to the worker" : `until ${clock(span.until)}`,
        ),
      ];
    case "unread":
      return [quiet("earlier steps not shown")];
    case "unknown":
      return [quiet("claimed and suspended, details not recorded")];
    case "queued":
      return span.end === "open" ? [quiet("not claimed yet")] : [];
    default:
      return [];
  }
}

/** A claim within this time is normal polling, not late. */
const POLL_MS = 1000;

function createClaimNote(waited: Span): Note {
  const length = formatDuration(waited.to - waited.from);
  return quiet(waited.end === "open" ? `unclaimed for ${length}` : `claimed ${length} later`);
}

function listEventNotes(
  span: Span & { kind: "event-wait" },
  clock: (at: number) => string,
): Note[] {
  if (span.emittedAt !== null && span.emittedAt <= span.to)
    return [{ text: `emitted ${clock(span.emittedAt)}`, tone: "sleep" }];
  if (span.deadline === undefined) return [];
  if (span.deadline === null) return [{ text: "no timeout", tone: "sleep" }];
  return [{ text: `times out ${clock(span.deadline)}`, tone: "sleep" }];
}

function listLateNotes(span: Span): Note[] {
  const late = span.to - span.from;
  if (span.end !== "open" && late < POLL_MS) return [createClaimNote(span)];
  return [
    { text: "late by", tone: "late" },
    { text: formatAge(late), tone: "late", strong: true },
  ];
}

const quiet = (text: string): Note => ({ text, tone: "quiet" });

const EXECUTED: ReadonlySet<Span["kind"]> = new Set<Span["kind"]>(["step", "working", "failure"]);

/** The length: an upper bound (`≤`) for code with an inferred start, a lower bound (`≥`) for a lost lease. */
export function formatSpanLength(span: Span): string {
  const length = span.to - span.from;
  // Instants have millisecond resolution.
  if (span.start === "inferred" && span.end !== "open" && EXECUTED.has(span.kind))
    return `≤ ${formatDuration(Math.max(length, 1))}`;
  const text = formatDuration(length);
  return span.kind === "lost" ? `≥ ${text}` : text;
}

/** A line of the hover card and the inspector; `note` qualifies the value. */
export type SpanFact = { label: string; value: string; note?: string };

/** The facts about a span and their certainty. Instants are in the reader's `zone`, to the millisecond. */
export function listSpanFacts(span: Span, ahead: Ahead | null, zone: string): SpanFact[] {
  const day = (at: number) => formatSecond(toInstant(at), zone).slice(0, 10);
  const clock = (at: number) =>
    (day(at) === day(span.from) ? formatExactClock : formatInstant)(toInstant(at), zone);
  if (span.kind === "replayed")
    return [
      fact("Steps", formatNumber(span.count)),
      fact("Claimed", clock(span.from), span.start === "inferred" && "inferred"),
      fact("Replayed", "unknown", "replays are not recorded"),
    ];
  const facts: SpanFact[] = [
    fact("From", clock(span.from), span.start === "inferred" && "inferred"),
  ];
  if (span.end === "open") facts.push(fact("Elapsed", formatDuration(span.to - span.from)));
  else {
    facts.push(fact("To", clock(span.to), span.end === "inferred" && "inferred"));
    const bound =
      EXECUTED.has(span.kind) && span.start === "inferred" && "at most, includes code before it";
    facts.push(fact("Duration", formatDuration(span.to - span.from), bound));
  }
  facts.push(...listKindFacts(span, clock));
  if (ahead && Number.isFinite(ahead.until)) {
    const label = ahead.kind === "lease" ? "Lease ends" : "Due";
    facts.push(fact(label, clock(ahead.until), `in ${formatAge(ahead.until - ahead.from)}`));
  }
  return facts;
}

function listKindFacts(span: Span, clock: (at: number) => string): SpanFact[] {
  switch (span.kind) {
    case "sleep":
      return [fact("Planned end", clock(span.until), "from its checkpoint")];
    case "late":
      return [fact("Due", clock(span.due))];
    case "event-wait": {
      const facts = [fact("Emitted", span.emittedAt === null ? "not yet" : clock(span.emittedAt))];
      if (span.deadline === null) facts.push(fact("Timeout", "none"));
      else if (span.deadline !== undefined) facts.push(fact("Timeout", clock(span.deadline)));
      else facts.push(fact("Timeout", "unknown", "stored only during the wait"));
      return facts;
    }
    case "timed-out-wait":
      return [fact("Timeout", "unknown", "not recorded")];
    case "backoff":
      return [fact("Due", clock(span.due)), fact("Policy", span.policy ?? "rescheduled")];
    case "working":
      return span.worker ? [fact("Worker", span.worker)] : [];
    case "lost":
    case "expired":
      return [
        fact("Worker", span.worker ?? "unknown"),
        fact("Lease expired", clock(span.expiredAt)),
      ];
    case "deferred":
      return [fact("Ready again", clock(span.until))];
    case "failure":
      return [fact("Error", span.error?.message ?? "none recorded", span.error?.name ?? false)];
    default:
      return [];
  }
}

function fact(label: string, value: string, note: string | false = false): SpanFact {
  return note ? { label, value, note } : { label, value };
}

/** What follows if the current attempt fails now. */
export function describeProjection({ retries, end }: Projection): string {
  if (retries.length === 0)
    return {
      "no-attempts-left": "a failure now is final: no attempts left",
      "invalid-strategy": "a failure now is final: the retry strategy is invalid",
      "max-duration": "a failure now cancels the task: the retry would exceed max_duration",
      more: "",
    }[end];
  const last = retries.at(-1)?.attempt;
  const list = retries.every(({ delaySeconds }) => delaySeconds === 0)
    ? [`retries immediately, up to ${last} attempts`]
    : retries.map(({ attempt, delaySeconds }, index) => {
        const name = index === 0 ? `retries as attempt ${attempt}` : `${attempt}`;
        return `${name} after ${formatDuration(delaySeconds * 1000)}`;
      });
  const rest = {
    "no-attempts-left": "then it fails",
    "invalid-strategy": "then it fails: invalid retry strategy",
    "max-duration": "then max_duration cancels it",
    more: "and so on",
  }[end];
  return `${list.slice(0, 4).join(", ")}${list.length > 4 ? ", …" : ""}, ${rest}`;
}
