import { toMs } from "@/lib/model/instants";
import type { Run, TaskDetail } from "@/lib/model/task";
import { type Activity, computeActivity } from "../timeline/activity.ts";
import {
  type CancellationPolicy,
  cancellationDeadline,
  type Deadline,
  parseCancellation,
} from "../timeline/cancellation.ts";
import type { TaskError } from "../timeline/model.ts";
import { parseError } from "../timeline/parse-payload.ts";
import type { Part, Tone } from "./sentence.ts";

/** What would resolve the situation. `kind` names the dashboard's action; the page decides whether the user may take it. */
export type SuggestedAction =
  | { kind: "cancel" | "retry" | "run-again" }
  | { kind: "run-now" | "extend-lease"; runId: string }
  | { kind: "emit-event"; event: string };

export type Diagnosis = { tone: Tone; parts: Part[]; action?: SuggestedAction };

/** What all rules of the diagnosis need from a task's rows. */
export type Facts = {
  detail: TaskDetail;
  /** The database's clock, in milliseconds. */
  now: number;
  run: Run;
  /** The attempt before `run`. */
  previous: Run | null;
  previousError: TaskError | null;
  error: TaskError | null;
  /** `null` once the run has ended. */
  activity: Activity | null;
  policy: CancellationPolicy;
  deadline: Deadline | null;
};

/** Collects the facts about one run of the task. `now` is the database's clock, in milliseconds. */
export function collectFacts(detail: TaskDetail, run: Run, now: number): Facts {
  const previous = detail.runs.find((other) => other.attempt === run.attempt - 1) ?? null;
  return {
    detail,
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

/** The last step that this run recorded, and when in milliseconds. */
export function findLastStep({ detail, run }: Facts): { name: string; at: number } | null {
  const last = detail.checkpoints.findLast((checkpoint) => checkpoint.ownerRunId === run.runId);
  return last ? { name: last.name, at: toMs(last.updatedAt) } : null;
}
