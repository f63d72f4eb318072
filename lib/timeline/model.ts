import type { Uuid } from "@/lib/model/ids";
import type { TaskState } from "@/lib/model/states";

/** `exact`: the engine recorded this instant. `inferred`: it is derived; the engine has no record of it. */
export type Certainty = "exact" | "inferred";

export type TaskError = { name: string | null; message: string };

/**
 * What an attempt did, or waited for, between two instants.
 *
 * - `queued`: ready and not claimed: new, as a retry, or woken by an event.
 * - `backoff`: not yet due after the previous attempt failed. `policy` is `null` if the plan was not recorded.
 * - `working`: claimed, with no checkpoint to show what it did.
 * - `step`: work that ended in a checkpoint.
 * - `replayed`: steps of earlier attempts that were reused; `atLeast` if not all steps were read. Has no length:
 *   the engine does not record replays.
 * - `sleep`: a durable sleep up to its planned end.
 * - `late`: past its due time and not claimed.
 * - `event-wait`: `emittedAt` is `null` until the event is emitted. `deadline` is `null` for a wait without
 *   timeout and absent if it was not recorded. `event` is `null` if the step has a custom name and the event's
 *   name is lost.
 * - `timed-out-wait`: a wait that ended without its event.
 * - `deferred`: put back by a worker, usually one that does not know the task's name.
 * - `lost`: a worker held the lease and wrote nothing until it expired.
 * - `expired`: the lease has expired and no claim has failed the run yet.
 * - `failure`: work that ended in an error.
 * - `unread`: steps left out because there are too many.
 * - `unknown`: claimed and suspended for a reason that the engine did not record.
 */
export type SpanFacts =
  | { kind: "queued"; reason: "new" | "retry" | "woken" }
  | { kind: "backoff"; due: number; policy: string | null }
  | { kind: "working"; worker: string | null }
  | { kind: "step"; step: string }
  | { kind: "replayed"; count: number; attempts: number[]; copied: number; atLeast?: true }
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
  | { kind: "deferred"; until: number; unknownTask: UnknownTask }
  | { kind: "lost"; worker: string | null; expiredAt: number }
  | { kind: "expired"; worker: string | null; expiredAt: number }
  | { kind: "failure"; error: TaskError | null }
  | { kind: "unread" }
  | { kind: "unknown" };

/**
 * Whether a worker that does not know the task's name put the run back, judged by the delay that SDKs use in that
 * case. `possible` if the run's last checkpoint may also be a sleep that a worker with a slow clock resumed.
 */
export type UnknownTask = "likely" | "possible" | "no";

export type SpanKind = SpanFacts["kind"];

/** Instants are milliseconds since the epoch. `open` ends move with the clock. */
export type Span = SpanFacts & {
  /** Unique in the timeline and stable while the attempt continues, so it can be part of a URL. */
  id: string;
  from: number;
  to: number;
  start: Certainty;
  end: Certainty | "open";
};

/** What is planned after `now`, as of the reading. `until` is `Infinity` for a wait without timeout. */
export type Ahead = {
  kind: "backoff" | "sleep" | "event-wait" | "deferred" | "lease";
  from: number;
  until: number;
};

export type Marker = {
  kind: "completed" | "failed" | "cancelled" | "emitted" | "lease-expired" | "written-late";
  at: number;
  /** The event, step or error. */
  label?: string;
};

/** One attempt. Its spans cover `from` to `to` without gap or overlap. */
export type Lane = {
  runId: Uuid;
  attempt: number;
  state: TaskState;
  /** The worker that holds the lease or held it last. The engine clears it when a run is suspended or cancelled. */
  worker: string | null;
  from: number;
  to: number;
  spans: Span[];
  ahead: Ahead[];
  markers: Marker[];
};

/** A retry that would follow if every attempt failed the moment it started. */
export type ProjectedRetry = { attempt: number; at: number; delaySeconds: number };

export type Projection = {
  retries: ProjectedRetry[];
  /** What ends the retries; `more` if only the first few are listed. */
  end: "no-attempts-left" | "invalid-strategy" | "max-duration" | "more";
};

export type Timeline = {
  from: number;
  /** The task's end, or `now` while it is active. */
  to: number;
  now: number;
  active: boolean;
  lanes: Lane[];
  /** What follows if the current attempt fails now; `null` once the task has ended. */
  projection: Projection | null;
};

/** The projection if the last attempt is running. A waiting attempt cannot fail before it runs again. */
export function getShownProjection({ lanes, projection }: Timeline): Projection | null {
  return lanes.at(-1)?.state === "running" ? projection : null;
}
