import type { Permission } from "../access.ts";
import type { TaskState } from "../states.ts";

/** Actions that a bulk operation can apply. */
export const BULK_ACTIONS = ["cancel", "retry", "run-again", "run-now"] as const;
export type BulkAction = (typeof BULK_ACTIONS)[number];

/** The permission for the same action on one task. A bulk operation needs it too. */
export const SINGLE_PERMISSIONS: Record<BulkAction, Permission> = {
  cancel: "cancel task",
  retry: "retry task",
  "run-again": "run task again",
  "run-now": "reschedule run",
};

/** States of a bulk operation; the last three are final. */
export const BULK_STATES = ["collecting", "running", "done", "aborted", "failed"] as const;
export type BulkState = (typeof BULK_STATES)[number];

/** Outcome of one task: `skipped` when its state no longer allowed the action. */
export const ITEM_OUTCOMES = ["done", "skipped", "failed"] as const;
export type ItemOutcome = (typeof ITEM_OUTCOMES)[number];

/** From this number of tasks on, the operator confirms by typing it. */
export const TYPED_FROM = 101;

/** What became of the tasks that an operation changed: their states by now. */
export type BulkFollowUp = {
  /** Number of changed tasks, and how many of them, the newest, were looked at. */
  changed: number;
  counted: number;
  /** Tasks looked at, by their state now. */
  states: Record<TaskState, number>;
  /** Tasks looked at that no longer exist, or whose queue cannot be read. */
  gone: number;
};
