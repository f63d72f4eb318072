import type { Run, TaskDetail } from "@/lib/model/task";
import {
  type CancellationPolicy,
  cancellationDeadline,
  type Deadline,
  readCancellation,
} from "../timeline/cancellation.ts";
import { type TaskError, toMs } from "../timeline/model.ts";
import { readError } from "../timeline/read-json.ts";
import { readStanding, type Standing } from "../timeline/standing.ts";
import type { Part, Tone } from "./parts.ts";

/** What would resolve it. `kind` names the dashboard's action; the page decides whether the user may take it. */
export type SuggestedAction =
  | { kind: "cancel" | "retry" | "run-again" }
  | { kind: "run-now" | "extend-lease"; runId: string }
  | { kind: "emit-event"; event: string };

export type Diagnosis = { tone: Tone; parts: Part[]; action?: SuggestedAction };

/** A task's rows, read once for all rules. */
export type Facts = {
  detail: TaskDetail;
  /** The engine's clock, in milliseconds. */
  now: number;
  run: Run;
  /** The attempt before, with its error. */
  previous: Run | null;
  previousError: TaskError | null;
  error: TaskError | null;
  /** `null` once the run has ended. */
  standing: Standing | null;
  policy: CancellationPolicy;
  deadline: Deadline | null;
};

export function readFacts(detail: TaskDetail, run: Run, now: number): Facts {
  const previous = detail.runs.find((other) => other.attempt === run.attempt - 1) ?? null;
  return {
    detail,
    now,
    run,
    previous,
    previousError: previous ? readError(previous.failureReason) : null,
    error: readError(run.failureReason),
    standing: readStanding(run, detail),
    policy: readCancellation(detail.task),
    deadline: cancellationDeadline(detail.task),
  };
}

/** Milliseconds since an instant. */
export function since(facts: Facts, iso: string): number {
  return facts.now - toMs(iso);
}

/** The name of the step this run recorded last, and when. */
export function lastStep({ detail, run }: Facts): { name: string; at: number } | null {
  const last = detail.checkpoints.findLast((checkpoint) => checkpoint.ownerRunId === run.runId);
  return last ? { name: last.name, at: toMs(last.updatedAt) } : null;
}
