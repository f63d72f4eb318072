import {
  formatAge,
  formatClock,
  formatCountdown,
  formatDuration,
  formatInstant,
  formatNumber,
} from "@/lib/format";
import type { Ahead, Projection, Span } from "@/lib/timeline/model";

/** A piece of the text beside a bar, in the colour of its state. */
export type Note = {
  text: string;
  tone: "quiet" | "late" | "sleep" | "bad" | "running";
  strong?: boolean;
};

/** What is written beside the bar of a row. `zone` is the reader's. */
export function notesOf(span: Span, tail: Span | null, ahead: Ahead | null, zone: string): Note[] {
  const notes = spanNotes(span, ahead, zone);
  if (tail?.kind === "late") notes.push(...lateNotes(tail));
  if (tail?.kind === "queued") notes.push(claimNote(tail));
  if (tail?.kind === "expired" && tail.end === "open")
    notes.push({ text: `lease expired ${formatAge(tail.to - tail.from)} ago`, tone: "bad" });
  return notes;
}

function spanNotes(span: Span, ahead: Ahead | null, zone: string): Note[] {
  const clock = (at: number) => formatClock(new Date(at).toISOString(), zone);
  switch (span.kind) {
    case "late":
      return lateNotes(span);
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
        { text: `${span.worker ?? "worker"} lost`, tone: "bad", strong: true },
        { text: `lease expired ${clock(span.expiredAt)}`, tone: "bad" },
      ];
    case "event-wait":
      return eventNotes(span, clock);
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
        quiet(span.unknownTask ? "worker does not know this task" : `until ${clock(span.until)}`),
      ];
    case "unknown":
      return [quiet("claimed and suspended, nothing else was kept")];
    case "queued":
      return span.end === "open" ? [quiet("no worker has claimed it")] : [];
    default:
      return [];
  }
}

const RHYTHM_MS = 1000;

function claimNote(waited: Span): Note {
  const length = formatDuration(waited.to - waited.from);
  return quiet(waited.end === "open" ? `unclaimed for ${length}` : `claimed ${length} later`);
}

function eventNotes(span: Span & { kind: "event-wait" }, clock: (at: number) => string): Note[] {
  if (span.emittedAt !== null && span.emittedAt <= span.to)
    return [{ text: `emitted ${clock(span.emittedAt)}`, tone: "sleep" }];
  if (span.deadline === undefined) return [];
  if (span.deadline === null) return [{ text: "∞ no time-out", tone: "sleep" }];
  return [{ text: `times out ${clock(span.deadline)}`, tone: "sleep" }];
}

/** A poll or two are the worker's rhythm, told in the words of every claim; more than that is late. */
function lateNotes(span: Span): Note[] {
  const late = span.to - span.from;
  if (span.end !== "open" && late < RHYTHM_MS) return [claimNote(span)];
  return [
    { text: "late by", tone: "late" },
    { text: formatAge(late), tone: "late", strong: true },
  ];
}

const quiet = (text: string): Note => ({ text, tone: "quiet" });

const EXECUTED: ReadonlySet<Span["kind"]> = new Set<Span["kind"]>(["step", "working", "failure"]);

/** Its length: an upper bound where code ran from a start that is inferred, a lower one for a worker that was lost. */
export function lengthOf(span: Span): string {
  const length = span.to - span.from;
  // Instants are known to the millisecond, so no difference is less than one.
  if (span.start === "inferred" && span.end !== "open" && EXECUTED.has(span.kind))
    return `≤ ${formatDuration(Math.max(length, 1))}`;
  const text = formatDuration(length);
  return span.kind === "lost" ? `≥ ${text}` : text;
}

/** A line of the hover card and the inspector: label, value and how well it is known. */
export type SpanFact = { label: string; value: string; note?: string };

/** What is known about a span, and how well. Instants in the reader's zone, to the millisecond. */
export function factsOf(span: Span, ahead: Ahead | null, zone: string): SpanFact[] {
  const clock = (at: number) => formatInstant(new Date(at).toISOString(), zone).slice(11);
  if (span.kind === "replayed")
    return [
      fact("Steps", formatNumber(span.count)),
      fact("Claimed", clock(span.from), span.start === "inferred" && "inferred"),
      fact("Read", "unknown", "the engine does not record replays"),
    ];
  const facts: SpanFact[] = [
    fact("From", clock(span.from), span.start === "inferred" && "inferred"),
  ];
  if (span.end === "open") facts.push(fact("So far", formatDuration(span.to - span.from)));
  else {
    facts.push(fact("To", clock(span.to), span.end === "inferred" && "inferred"));
    const bound =
      EXECUTED.has(span.kind) && span.start === "inferred" && "at most, with code before it";
    facts.push(fact("Lasted", formatDuration(span.to - span.from), bound));
  }
  facts.push(...kindFacts(span, clock));
  if (ahead && Number.isFinite(ahead.until)) {
    const label = ahead.kind === "lease" ? "Lease ends" : "Due";
    facts.push(fact(label, clock(ahead.until), `in ${formatAge(ahead.until - ahead.from)}`));
  }
  return facts;
}

function kindFacts(span: Span, clock: (at: number) => string): SpanFact[] {
  switch (span.kind) {
    case "sleep":
      return [fact("Planned end", clock(span.until), "from its checkpoint")];
    case "late":
      return [fact("Due", clock(span.due))];
    case "event-wait": {
      const facts = [fact("Emitted", span.emittedAt === null ? "not yet" : clock(span.emittedAt))];
      if (span.deadline === null) facts.push(fact("Time-out", "∞ none"));
      else if (span.deadline !== undefined) facts.push(fact("Time-out", clock(span.deadline)));
      else facts.push(fact("Time-out", "unknown", "the engine keeps it only while it waits"));
      return facts;
    }
    case "timed-out-wait":
      return [fact("Time-out", "unknown", "the engine keeps no record of it")];
    case "backoff":
      return [fact("Due", clock(span.due)), fact("Policy", span.policy ?? "moved by hand")];
    case "working":
      return span.worker ? [fact("Worker", span.worker)] : [];
    case "lost":
    case "expired":
      return [
        fact("Worker", span.worker ?? "unknown"),
        fact("Lease expired", clock(span.expiredAt)),
      ];
    case "deferred":
      return [fact("Comes up again", clock(span.until))];
    case "failure":
      return [fact("Error", span.error?.message ?? "none given", span.error?.name ?? false)];
    default:
      return [];
  }
}

function fact(label: string, value: string, note: string | false = false): SpanFact {
  return note ? { label, value, note } : { label, value };
}

/** What follows if the attempt at hand fails, in words. */
export function projectionWords({ retries, end }: Projection): string {
  if (retries.length === 0)
    return {
      "no-attempts-left": "a failure now is final: no attempts are left",
      "invalid-strategy": "a failure now is final: the retry strategy is invalid",
      "max-duration": "a failure now cancels the task: its max_duration would be over",
      more: "",
    }[end];
  const last = retries.at(-1)?.attempt;
  const list = retries.every(({ delaySeconds }) => delaySeconds === 0)
    ? [`retried at once${retries.length > 1 ? `, up to attempt ${last}` : ` as attempt ${last}`}`]
    : retries.map(({ attempt, delaySeconds }, index) => {
        const name = index === 0 ? `retried as attempt ${attempt}` : `${attempt}`;
        return `${name} after ${formatDuration(delaySeconds * 1000)}`;
      });
  const rest = {
    "no-attempts-left": "then it fails",
    "invalid-strategy": "then it fails, its retry strategy being invalid",
    "max-duration": "then its max_duration cancels it",
    more: "and so on",
  }[end];
  return `${list.slice(0, 4).join(", ")}${list.length > 4 ? ", …" : ""}, ${rest}`;
}
