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

/** From this number of tasks, the operator confirms by typing it. */
export const TYPED_FROM = 101;

/** The current states of the tasks that an operation changed. */
export type BulkFollowUp = {
  /** How many tasks were changed, and how many of them were checked: the newest. */
  changed: number;
  counted: number;
  /** Checked tasks by their current state. */
  states: Record<TaskState, number>;
  /** Checked tasks that no longer exist, or whose queue cannot be read. */
  gone: number;
};
