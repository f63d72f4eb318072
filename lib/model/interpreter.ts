/** The task that executes a workflow of the Highway DSL. */
export const ROOT_TASK = "highway.workflow.run";

/** The task that executes a part of a workflow: a branch, an iteration, an activity. */
export const PART_TASK = "highway.workflow.part";

/**
 * Whether the Highway interpreter executes a task. While such a task waits for an event, the engine's timeout does
 * not limit that wait: the interpreter also wakes to poll for its other events, its parts and the end of its run.
 */
export function isInterpreterTask<T extends { name: string; workflowRunId: string | null }>(
  task: T,
): task is T & { workflowRunId: string } {
  return task.workflowRunId !== null && (task.name === ROOT_TASK || task.name === PART_TASK);
}
