import { toMs } from "@/lib/model/instants";
import type { RecordedError } from "@/lib/model/recorded-error";
import { isActive } from "@/lib/model/states";
import type { Run, TaskDetail } from "@/lib/model/task";
import { type Activity, computeActivity } from "../timeline/activity.ts";
import {
  type CancellationPolicy,
  cancellationDeadline,
  type Deadline,
  parseCancellation,
} from "../timeline/cancellation.ts";
import { parseError } from "../timeline/parse-payload.ts";
import type { Part, Tone } from "./sentence.ts";

/**
 * What would resolve the situation. `kind` names an action of the dashboard; the page decides whether the user may
 * take it.
 */
export type SuggestedAction =
  | { kind: "cancel" | "retry" | "run-again" }
  | { kind: "run-now" | "extend-lease"; runId: string }
  | { kind: "emit-event"; event: string };

export type Diagnosis = { tone: Tone; parts: Part[]; action?: SuggestedAction };

/** The facts from a task's rows that all rules of the diagnosis use. */
export type Facts = {
  detail: TaskDetail;
  /** When the rows were read, in milliseconds. Due times, leases and deadlines are compared as of this instant. */
  readAt: number;
  /** The clock for ages and remaining times: at most `FRESH_MS` after the reading. */
  now: number;
  run: Run;
  /** The attempt before `run`. */
  previous: Run | null;
  previousError: RecordedError | null;
  error: RecordedError | null;
  /** `null` once the run has ended. */
  activity: Activity | null;
  policy: CancellationPolicy;
  deadline: Deadline | null;
};

/**
 * How long ages keep running after a reading, in milliseconds. An older reading of an active task is described as
 * of then.
 */
export const FRESH_MS = 2_500;

/** Collects the facts about one run of the task. `clock` is the database's, in milliseconds. */
export function collectFacts(detail: TaskDetail, run: Run, clock: number): Facts {
  const readAt = toMs(detail.now);
  const isStale = isActive(detail.task.state) && clock - readAt > FRESH_MS;
  const now = isStale ? readAt : Math.max(clock, readAt);
  const previous = detail.runs.find((other) => other.attempt === run.attempt - 1) ?? null;
  return {
    detail,
    readAt,
    now,
    run,
    previous,
    previousError: previous ? parseError(previous.failureReason) : null,
    error: parseError(run.failureReason),
    activity: computeActivity(run, detail),
    policy: parseCancellation(detail.task),
    deadline: cancellationDeadline(detail.task),
  };
}

/** Milliseconds since an instant. */
export function since(facts: Facts, iso: string): number {
  return facts.now - toMs(iso);
}

/** The last step that this run recorded, and its time in milliseconds. */
export function findLastStep({ detail, run }: Facts): { name: string; at: number } | null {
  const last = detail.checkpoints.findLast((checkpoint) => checkpoint.ownerRunId === run.runId);
  return last ? { name: last.name, at: toMs(last.updatedAt) } : null;
}
