import { behindIn, dependenciesIn } from "../model/reach.ts";
import type { Scope } from "../model/scopes.ts";
import type { Operator, ParallelOperator, TaskOperator, Workflow } from "../model/workflow.ts";

const WAITING_TOOLS = new Set([
  "tools.workflow.wait_for_parallel_branches",
  "tools.workflow.wait_for_branch",
]);

/**
 * Whether an operator is a parallel that only starts its branches: some task of the workflow waits for them by
 * name, and another operator depends on the parallel but not on that task. If nothing can continue in between,
 * waiting at the parallel has the same result and reports failures where they happen.
 */
export function isFork(workflow: Workflow, scope: Scope, operator: Operator): boolean {
  if (operator.operator_type !== "parallel") return false;
  const waiting = Object.values(workflow.tasks).filter((one) => waitsFor(one, operator));
  if (waiting.length === 0) return false;
  const behind = behindIn(scope);
  return [...scope.operators.values()].some((one) => {
    const depends = dependenciesIn(scope, one).includes(operator.task_id);
    const isAwaited = waiting.some(
      ({ task_id }) => task_id === one.task_id || behind(task_id).has(one.task_id),
    );
    return depends && !isAwaited;
  });
}

/** The parallel of a scope that has its branches awaited by a task. */
export function findFork(scope: Scope, task: Operator): ParallelOperator | undefined {
  if (!isWaiting(task)) return undefined;
  for (const one of scope.operators.values())
    if (one.operator_type === "parallel" && waitsFor(task, one)) return one;
  return undefined;
}

/** The task of a scope that waits for the branches of a parallel. */
export function findWaiting(scope: Scope, parallel: ParallelOperator): TaskOperator | undefined {
  for (const one of scope.operators.values())
    if (isWaiting(one) && waitsFor(one, parallel)) return one;
  return undefined;
}

function isWaiting(operator: Operator): operator is TaskOperator {
  return operator.operator_type === "task" && WAITING_TOOLS.has(operator.function);
}

function waitsFor(operator: Operator, parallel: ParallelOperator): boolean {
  if (!isWaiting(operator)) return false;
  const [fork] = operator.args;
  const [, braces, dollar] =
    /^\s*(?:\{\{\s*([\w-]+)\s*\}\}|\$\{\s*([\w-]+)\s*\})\s*$/.exec(String(fork)) ?? [];
  const name = braces ?? dollar;
  return name !== undefined && (name === parallel.result_key || name === parallel.task_id);
}
