/** The states of tasks and runs, in the order in which lists show them. */
export const TASK_STATES = [
  "pending",
  "running",
  "sleeping",
  "completed",
  "failed",
  "cancelled",
] as const;
export type TaskState = (typeof TASK_STATES)[number];

/** The states of a task that still has work ahead of it. The other states are terminal. */
export const ACTIVE_STATES = ["pending", "running", "sleeping"] as const satisfies TaskState[];
export type ActiveState = (typeof ACTIVE_STATES)[number];

/** Whether a task or run in this state still has work ahead of it; false for a state that the engine doesn't have. */
export function isActive(state: string | null | undefined): state is ActiveState {
  return ACTIVE_STATES.some((active) => active === state);
}

/** The states a workflow run can be put in. The last three are final. */
export const WORKFLOW_STATUSES = [
  "pending",
  "running",
  "completed",
  "failed",
  "cancelled",
] as const;
export type WorkflowStatus = (typeof WORKFLOW_STATUSES)[number];
