import { joinPath } from "./problem.ts";
import { bodyScope, branchScopes, type Scope, topScope } from "./scopes.ts";
import { isLoop, type Workflow } from "./workflow.ts";

/** A scope, and where in the document its operators stand. */
export type LocatedScope = {
  scope: Scope;
  /** The document's path of an operator of this scope. */
  locate: (id: string) => string;
  /** The branch or the whole document, for scopes that are one. */
  workflow?: { value: Workflow; path: string };
};

/** All scopes of a workflow, outer ones first. */
export function listScopes(workflow: Workflow): LocatedScope[] {
  return withInner(locateTasks(topScope(workflow), workflow, ""));
}

function locateTasks(scope: Scope, value: Workflow, path: string): LocatedScope {
  const tasks = joinPath(path, "tasks");
  const keys = new Map(Object.entries(value.tasks).map(([key, task]) => [task.task_id, key]));
  const locate = (id: string) => joinPath(tasks, keys.get(id) ?? id);
  return { scope, locate, workflow: { value, path } };
}

function withInner(located: LocatedScope): LocatedScope[] {
  const { scope, locate } = located;
  const inner = [...scope.operators.values()].flatMap((operator): LocatedScope[] => {
    const at = locate(operator.task_id);
    if (isLoop(operator)) {
      const body = joinPath(at, "loop_body");
      const indexOf = (id: string) => operator.loop_body.findIndex((one) => one.task_id === id);
      return [{ scope: bodyScope(operator, scope), locate: (id) => joinPath(body, indexOf(id)) }];
    }
    return branchScopes(operator, scope).flatMap((branch) => {
      const value =
        operator.operator_type === "parallel" ? operator.branch_workflows[branch.name] : undefined;
      const path = joinPath(joinPath(at, "branch_workflows"), branch.name);
      return value ? [locateTasks(branch.scope, value, path)] : [];
    });
  });
  return [located, ...inner.flatMap(withInner)];
}
