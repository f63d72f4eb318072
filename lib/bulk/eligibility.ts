import type { BulkAction } from "@/lib/model/bulk";
import { ACTIVE_STATES, type TaskState } from "@/lib/model/states";
import type { TaskSummary } from "@/lib/model/task";

/** What a decision needs of a listed task. */
export type Candidate = Pick<TaskSummary, "state"> & {
  run: Pick<NonNullable<TaskSummary["run"]>, "wakeEvent" | "availableAt"> | null;
};

/** The states in which a task can be eligible at all. */
const ELIGIBLE_STATES: Record<BulkAction, readonly TaskState[]> = {
  cancel: ACTIVE_STATES,
  retry: ["failed"],
  "run-again": ["completed", "failed", "cancelled"],
  "run-now": ["pending", "sleeping"],
};

/**
 * Why an action would leave a task alone; `null` when it would act on it. The task may change before its turn comes:
 * then the engine decides again.
 *
 * @param now the engine's clock when the task was read.
 */
export function whyNotEligible(action: BulkAction, task: Candidate, now: string): string | null {
  if (!ELIGIBLE_STATES[action].includes(task.state)) return REASONS[action](task.state);
  if (action !== "run-now" || task.run === null) return null;
  if (task.state === "sleeping" && task.run.wakeEvent !== null)
    return "waits for an event: time does not let it through";
  return task.run.availableAt !== "infinity" && task.run.availableAt <= now
    ? "could run already"
    : null;
}

const REASONS: Record<BulkAction, (state: TaskState) => string> = {
  cancel: (state) => `${state} already`,
  retry: (state) => `${state}, not failed`,
  "run-again": (state) => `${state}, not ended`,
  "run-now": (state) => (state === "running" ? "running now" : `${state} already`),
};
