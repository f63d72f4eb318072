import type { Operator, Workflow } from "../model/workflow.ts";

/** The first handler that is named and not there, in the words of the original. */
export function checkHandlers(tasks: Workflow["tasks"]): string | undefined {
  for (const { task_id, on_success_task_id, on_failure_task_id } of Object.values(tasks)) {
    const named = { on_success: on_success_task_id, on_failure: on_failure_task_id };
    for (const [when, id] of Object.entries(named))
      if (id !== null && !Object.hasOwn(tasks, id))
        return `Task '${task_id}' references non-existent ${when} task '${id}'`;
  }
  return undefined;
}

/** Adds a dependency at the end, unless it is there. */
export function depend(operator: Operator, id: string): void {
  if (!operator.dependencies.includes(id)) operator.dependencies.push(id);
}

/** A workflow without tasks, in the order of the JSON form. */
export function emptyWorkflow(name: string, version: string): Workflow {
  return {
    name,
    version,
    description: "",
    tasks: {},
    variables: {},
    start_task: null,
    schedule: null,
    start_date: null,
    catchup: false,
    is_paused: false,
    tags: [],
    max_active_runs: 1,
    default_retry_policy: null,
  };
}
