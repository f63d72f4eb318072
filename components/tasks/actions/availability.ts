import type { Access, Permission } from "@/lib/model/access";
import { isActive } from "@/lib/model/states";
import type { Run, TaskDetail } from "@/lib/model/task";

/** The actions on one task, in display order. */
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

/** The permission that each action needs. */
const PERMISSION: Record<TaskAction, Permission> = {
  retry: "retry task",
  "run-again": "run task again",
  reschedule: "reschedule run",
  emit: "emit event",
  "extend-lease": "extend lease",
  fork: "fork task",
  cancel: "cancel task",
};

/** Why an action is not available; `null` when it is. */
export type Obstacle = string | null;

export type Availability = Record<TaskAction, Obstacle> & {
  /** The attempt that a reschedule moves or whose lease is extended. */
  run: Run | undefined;
  /** The event that the task is waiting for. */
  event: string | undefined;
};

/**
 * Which actions a task's rows allow. This only guides the page: the server checks again when the action runs.
 *
 * @param denied missing permissions and why. They take precedence as the reason shown, since they hold for every task.
 * @param engine.hasVersionFunction whether the engine has a version function, which was added with `retry_task` (schema
 * 0.2.0).
 */
export function availableActions(
  detail: TaskDetail,
  engine: { hasVersionFunction: boolean } = { hasVersionFunction: true },
  denied: Access["denied"] = {},
): Availability {
  const { task, runs } = detail;
  const run = runs.find(({ runId }) => runId === task.lastAttemptRun) ?? runs.at(-1);
  const active = isActive(task.state);
  const ended = active ? null : `Not available: task ${ENDED[task.state] ?? task.state}.`;
  const event = run?.state === "sleeping" ? (run.wakeEvent ?? undefined) : undefined;
  const obstacles: Record<TaskAction, Obstacle> = {
    cancel: ended,
    retry: retryObstacle(task.state, engine.hasVersionFunction),
    "run-again": active ? `Not available: task is ${task.state}.` : null,
    reschedule: ended ?? (isWaiting(run) ? null : "Task is running; nothing to reschedule."),
    emit: ended ?? (event === undefined ? "Not waiting for an event." : null),
    "extend-lease": ended ?? leaseObstacle(run),
    fork: forkableSteps(detail).length > 0 ? null : "No completed step.",
  };
  for (const action of TASK_ACTIONS)
    obstacles[action] = denied[PERMISSION[action]] ?? obstacles[action];
  return { ...obstacles, run, event };
}

const ENDED: Partial<Record<string, string>> = {
  completed: "has completed",
  failed: "has failed",
  cancelled: "was cancelled",
};

function retryObstacle(state: string, hasRetry: boolean): Obstacle {
  if (!hasRetry) return "Needs engine schema 0.2.0 or later.";
  return state === "failed"
    ? null
    : `Only failed tasks can be retried; this one ${ENDED[state] ?? `is ${state}`}.`;
}

function leaseObstacle(run: Run | undefined): Obstacle {
  if (run?.state !== "running") return "No worker has claimed it.";
  return run.claimExpiresAt === null ? "Claimed without a lease." : null;
}

function isWaiting(run: Run | undefined): boolean {
  return run?.state === "pending" || run?.state === "sleeping";
}

/** Names of the steps from which a task can be forked, in stored order. */
export function forkableSteps({ checkpoints }: TaskDetail): string[] {
  return checkpoints.flatMap(({ name, status }) => (status === "committed" ? name : []));
}
