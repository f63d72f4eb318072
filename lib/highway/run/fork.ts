import { behindIn, dependenciesIn } from "../model/reach.ts";
import type { Scope } from "../model/scopes.ts";
import type { Operator, ParallelOperator, Workflow } from "../model/workflow.ts";

const WAITING_TOOLS = new Set([
  "tools.workflow.wait_for_parallel_branches",
  "tools.workflow.wait_for_branch",
]);

/**
 * Whether a parallel is to start its branches only: some task of the workflow waits for them by name, and some other
 * operator depends on the parallel and not on that waiting. Where nothing can go on meanwhile, waiting at the parallel
 * comes to the same and tells failures where they happen.
 */
export function isForkOnly(workflow: Workflow, parallel: ParallelOperator, scope: Scope): boolean {
  const waiting = Object.values(workflow.tasks).filter((one) => waitsFor(one, parallel));
  if (waiting.length === 0) return false;
  const behind = behindIn(scope);
  return [...scope.operators.values()].some((one) => {
    const depends = dependenciesIn(scope, one).includes(parallel.task_id);
    const isWaiting = waiting.some(
      ({ task_id }) => task_id === one.task_id || behind(task_id).has(one.task_id),
    );
    return depends && !isWaiting;
  });
}

function waitsFor(operator: Operator, parallel: ParallelOperator): boolean {
  if (operator.operator_type !== "task" || !WAITING_TOOLS.has(operator.function)) return false;
  const [fork] = operator.args;
  const [, braces, dollar] =
    /^\s*(?:\{\{\s*([\w-]+)\s*\}\}|\$\{\s*([\w-]+)\s*\})\s*$/.exec(String(fork)) ?? [];
  const name = braces ?? dollar;
  return name !== undefined && (name === parallel.result_key || name === parallel.task_id);
}
