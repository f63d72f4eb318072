import { ACTIVE_STATES } from "@/lib/absurd/types";
import type { Run, TaskDetail } from "@/lib/analytics/types";

/** Why an action cannot be taken now; `null` when it can. */
export type Obstacle = string | null;

export type Availability = {
  cancel: Obstacle;
  retry: Obstacle;
  reschedule: Obstacle;
  emit: Obstacle;
  /** The attempt a reschedule would move. */
  run: Run | undefined;
  /** The event an emit would be about. */
  event: string | undefined;
};

/** What can be done with a task as its rows are. The server decides again when it is asked to. */
export function availableActions({ task, runs }: TaskDetail): Availability {
  const run = runs.find(({ runId }) => runId === task.lastAttemptRun) ?? runs.at(-1);
  const active = ACTIVE_STATES.some((state) => state === task.state);
  const ended = active ? null : `The task is ${task.state}.`;
  const sleepsFor = run?.state === "sleeping" ? (run.wakeEvent ?? undefined) : undefined;
  return {
    cancel: ended,
    retry:
      task.state === "failed" ? null : `Only a failed task can be retried; it is ${task.state}.`,
    reschedule: ended ?? (isWaiting(run) ? null : "It runs now: there is no waiting to move."),
    emit: ended ?? (sleepsFor === undefined ? "It waits for no event." : null),
    run,
    event: sleepsFor,
  };
}

function isWaiting(run: Run | undefined): boolean {
  return run?.state === "pending" || run?.state === "sleeping";
}
