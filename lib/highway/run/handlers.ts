import { pathIn, type Scope } from "../model/scopes.ts";
import type { Operator } from "../model/workflow.ts";

/**
 * What a handler runs as: its id when one operator alone names it, else its id and what it handles, one a line, so that
 * each of them has a run of its own.
 */
export function handlerKey(scope: Scope, handler: Operator, operator: Operator, key: string) {
  const id = handler.task_id;
  const users = [...scope.operators.values()].filter(
    (one) => one.on_success_task_id === id || one.on_failure_task_id === id,
  );
  return users.length === 1 && key === operator.task_id ? id : `${id}\n${key}`;
}

/** The path in the run of what runs under a key, in the scope whose path in the run is `base`: `each[2]/undo@load`. */
export function pathOfKey(base: string, key: string): string {
  const [id = "", ...triggers] = key.split("\n");
  const path = pathIn({ path: base }, id);
  return triggers.reduce((at, trigger) => `${at}@${pathIn({ path: "" }, trigger)}`, path);
}

/** Whether an operator begins also when another one has failed. */
export function bearsFailure(operator: Operator): boolean {
  return (
    operator.operator_type === "join" ||
    ["all_done", "one_success", "one_done"].includes(operator.trigger_rule)
  );
}
