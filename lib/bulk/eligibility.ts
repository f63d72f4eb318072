import type { BulkAction } from "@/lib/model/rows/bulk";
import { ACTIVE_STATES, type TaskState } from "@/lib/model/states";
import type { TaskSummary } from "@/lib/model/task";

/** The fields of a listed task that determine its eligibility. */
export type Candidate = Pick<TaskSummary, "state"> & {
  run: Pick<NonNullable<TaskSummary["run"]>, "wakeEvent" | "availableAt"> | null;
};

/** The states that an action requires. */
const ELIGIBLE_STATES: Record<BulkAction, readonly TaskState[]> = {
  cancel: ACTIVE_STATES,
  retry: ["failed"],
  "run-again": ["completed", "failed", "cancelled"],
  "run-now": ["pending", "sleeping"],
};

/**
 * Why an action would skip a task, as a phrase after "skipped: "; `null` if the task is eligible. The task may
 * change before it is processed, so the engine decides again.
 *
 * @param now the engine's clock when the task was listed.
 */
export function whyNotEligible(action: BulkAction, task: Candidate, now: string): string | null {
  if (!ELIGIBLE_STATES[action].includes(task.state)) return REASONS[action](task.state);
  if (action !== "run-now" || task.run === null) return null;
  if (task.state === "sleeping" && task.run.wakeEvent !== null) return "waits for an event";
  return task.run.availableAt !== "infinity" && task.run.availableAt <= now
    ? "already ready"
    : null;
}

const REASONS: Record<BulkAction, (state: TaskState) => string> = {
  cancel: (state) => `already ${state}`,
  retry: (state) => `${state}, not failed`,
  "run-again": (state) => `${state}, not ended`,
  "run-now": (state) => `already ${state}`,
};
