import { isActive } from "@/lib/model/states";
import type { Run, TaskDetail } from "@/lib/model/task";
import { stepsToForkFrom } from "./fork-steps";

/** Why an action cannot be taken now; `null` when it can. */
export type Obstacle = string | null;

/** What can be done with a task. */
export const TASK_ACTIONS = [
  "retry",
  "run-again",
  "reschedule",
  "emit",
  "extend-lease",
  "fork",
  "cancel",
] as const;
export type TaskAction = (typeof TASK_ACTIONS)[number];

export type Availability = Record<TaskAction, Obstacle> & {
  /** The attempt a reschedule would move, or whose lease would be extended. */
  run: Run | undefined;
  /** The event an emit would be about. */
  event: string | undefined;
};

/**
 * What can be done with a task as its rows are. The server decides again when it is asked to.
 *
 * @param engine.tellsVersion whether the engine has a version function, which came with `retry_task` (schema 0.2.0).
 */
export function availableActions(
  detail: TaskDetail,
  engine: { tellsVersion: boolean } = { tellsVersion: true },
): Availability {
  const { task, runs } = detail;
  const run = runs.find(({ runId }) => runId === task.lastAttemptRun) ?? runs.at(-1);
  const active = isActive(task.state);
  const ended = active ? null : `The task is ${task.state}.`;
  const sleepsFor = run?.state === "sleeping" ? (run.wakeEvent ?? undefined) : undefined;
  return {
    cancel: ended,
    retry: engine.tellsVersion
      ? task.state === "failed"
        ? null
        : `Only a failed task can be retried; it is ${task.state}.`
      : "The engine in this database cannot retry; that came with schema 0.2.0.",
    "run-again": active ? `It has not ended: it is ${task.state}.` : null,
    reschedule: ended ?? (isWaiting(run) ? null : "It runs now: there is no waiting to move."),
    emit: ended ?? (sleepsFor === undefined ? "It waits for no event." : null),
    "extend-lease": ended ?? leaseObstacle(run),
    fork: stepsToForkFrom(detail).length > 0 ? null : "It has no stored step.",
    run,
    event: sleepsFor,
  };
}

function leaseObstacle(run: Run | undefined): Obstacle {
  if (run?.state !== "running") return "No worker holds it.";
  return run.claimExpiresAt === null ? "It was claimed without a lease." : null;
}

function isWaiting(run: Run | undefined): boolean {
  return run?.state === "pending" || run?.state === "sleeping";
}
