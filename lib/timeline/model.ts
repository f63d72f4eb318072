import type { Uuid } from "@/lib/model/ids";
import type { Iso } from "@/lib/model/instants";
import type { TaskState } from "@/lib/model/states";

/** `exact`: the engine recorded this instant. `inferred`: it is deduced, and the engine kept no fact for it. */
export type Certainty = "exact" | "inferred";

export type TaskError = { name: string | null; message: string };

/**
 * What an attempt did, or waited for, between two instants.
 *
 * - `queued`: claimable, nobody claimed it: new, as a retry, or woken by an event.
 * - `backoff`: not yet due after the attempt before it failed. `policy` is `null` when the engine kept no plan.
 * - `working`: claimed, no checkpoint tells what it did. `step`: work that ended in a checkpoint.
 * - `replayed`: steps of earlier attempts that were reused. Has no length: the engine does not record replays.
 * - `sleep`: a durable sleep up to its planned end. `late`: past its due time, nobody claimed it.
 * - `event-wait`: `emittedAt` is `null` while nobody emitted the event; `deadline` is `null` for a wait without time-out
 *   and absent when it was not kept; `event` is `null` when the step was named by its author and the name is gone. `timed-out-wait`: the wait that ended without the event.
 * - `deferred`: put back by a worker, usually one that does not know the task's name.
 * - `lost`: a worker held the lease and left no trace until it expired. `expired`: nobody has noticed yet.
 * - `failure`: work that ended in an error. `unknown`: claimed and suspended for reasons the engine did not keep.
 */
export type SpanFacts =
  | { kind: "queued"; reason: "new" | "retry" | "woken" }
  | { kind: "backoff"; due: number; policy: string | null }
  | { kind: "working"; worker: string | null }
  | { kind: "step"; step: string }
  | { kind: "replayed"; count: number; attempts: number[]; copied: number }
  | { kind: "sleep"; step: string; until: number }
  | { kind: "late"; due: number }
  | {
      kind: "event-wait";
      event: string | null;
      step: string;
      emittedAt: number | null;
      deadline?: number | null;
    }
  | { kind: "timed-out-wait"; event: string }
  | { kind: "deferred"; until: number; unknownTask: boolean }
  | { kind: "lost"; worker: string | null; expiredAt: number }
  | { kind: "expired"; worker: string | null; expiredAt: number }
  | { kind: "failure"; error: TaskError | null }
  | { kind: "unknown" };

export type SpanKind = SpanFacts["kind"];

/** Instants are milliseconds since the epoch. `open` ends move with the clock. */
export type Span = SpanFacts & {
  /** Unique in the timeline and stable while the attempt goes on: fit for a URL. */
  id: string;
  from: number;
  to: number;
  start: Certainty;
  end: Certainty | "open";
};

/** What lies ahead of `now`, as far as the rows tell. `until` is `Infinity` for a wait without time-out. */
export type Ahead = {
  kind: "backoff" | "sleep" | "event-wait" | "deferred" | "lease";
  from: number;
  until: number;
};

export type Marker = {
  kind: "completed" | "failed" | "cancelled" | "emitted" | "lease-expired" | "written-late";
  at: number;
  /** The event, step or error it is about. */
  label?: string;
};

/** One attempt. Its spans follow each other without gap or overlap from `from` to `to`. */
export type Lane = {
  runId: Uuid;
  attempt: number;
  state: TaskState;
  /** Who holds it, or held it last; the engine forgets it when a run is suspended or cancelled. */
  worker: string | null;
  from: number;
  to: number;
  spans: Span[];
  ahead: Ahead[];
  markers: Marker[];
};

/** A retry that would follow if every attempt failed the moment it starts. */
export type ProjectedRetry = { attempt: number; at: number; delaySeconds: number };

export type Projection = {
  retries: ProjectedRetry[];
  /** What ends the row of retries: `more` when only the first few are listed. */
  end: "no-attempts-left" | "invalid-strategy" | "max-duration" | "more";
};

export type Timeline = {
  from: number;
  /** The task's end, or `now` while it has work ahead. */
  to: number;
  now: number;
  active: boolean;
  lanes: Lane[];
  /** What follows if the attempt at hand fails now; `null` once the task has ended. */
  projection: Projection | null;
};

/** The projection where something can fail now: an attempt that waits fails at the earliest when it runs again. */
export function projectionOf({ lanes, projection }: Timeline): Projection | null {
  return lanes.at(-1)?.state === "running" ? projection : null;
}

/** The instant in milliseconds; `"infinity"` is `Infinity`. */
export function toMs(iso: Iso | "infinity"): number {
  return iso === "infinity" ? Number.POSITIVE_INFINITY : Date.parse(iso);
}
