import { listEntries } from "../../language/key-order.ts";
import { Place } from "../fields.ts";
import type { Problem } from "../problem.ts";
import {
  branchScopes,
  findContaining,
  findScope,
  type LocatedScope,
  type Scope,
  sharedBranches,
} from "../scopes.ts";
import { isRouter, listTargets, type MultiChoiceOperator, type Operator } from "../workflow.ts";

/** Reports every reference of one scope to a task that does not exist. */
export function checkReferences({ scope, locate }: LocatedScope, problems: Problem[]): void {
  let known: ReadonlySet<string> | undefined;
  const joinable = () => {
    known ??= new Set(listJoinable(scope));
    return known;
  };
  for (const [id, operator] of scope.operators) {
    const place = new Place(locate(id), problems);
    checkDependencies(operator, scope, place);
    checkTargets(operator, scope, place);
    checkHandler(operator, scope, "on_success", operator.on_success_task_id, place);
    checkHandler(operator, scope, "on_failure", operator.on_failure_task_id, place);
    checkJoin(operator, joinable, place);
  }
}

function checkDependencies(operator: Operator, scope: Scope, place: Place): void {
  for (const [index, id] of operator.dependencies.entries()) {
    const at = place.member("dependencies").member(index);
    if (id === operator.task_id)
      at.error("self_dependency", `Task '${id}' depends on itself`, "remove it");
    else if (!findScope(scope, id)) {
      const owner = findContaining(scope, id);
      if (owner === undefined)
        at.error(
          "unknown_dependency",
          `Task '${operator.task_id}' depends on '${id}', which does not exist`,
          "name a task of the same level",
        );
      else
        at.warn(
          "inner_dependency",
          `Task '${operator.task_id}' depends on '${id}' inside '${owner}', so it waits for all of '${owner}'`,
          `name '${owner}'`,
        );
    }
  }
}

function checkTargets(operator: Operator, scope: Scope, place: Place): void {
  if (isRouter(operator))
    for (const { target, label } of listTargets(operator))
      if (!scope.operators.has(target)) {
        const key = operator.operator_type === "condition" ? `if_${label}` : `case ${label}`;
        const at =
          operator.operator_type === "condition"
            ? place.member(key)
            : label === "default" && operator.default === target
              ? place.member("default")
              : place.member("cases").member(label);
        at.error(
          "unknown_target",
          `Task '${operator.task_id}' leads to '${target}', which ${whereabouts(scope, target)}`,
          "name a task of the same level",
        );
      }
  if (operator.operator_type === "multi_choice") checkChoice(operator, scope, place);
  if (operator.operator_type !== "parallel") return;
  for (const { name } of sharedBranches(operator, scope))
    for (const [index, id] of (operator.branches[name] ?? []).entries())
      if (!scope.operators.has(id))
        place
          .member("branches")
          .member(name)
          .member(index)
          .error(
            "unknown_target",
            `Branch '${name}' has the task '${id}', which ${whereabouts(scope, id)}`,
            "define it next to the parallel, or in branch_workflows",
          );
}

function checkChoice(choice: MultiChoiceOperator, scope: Scope, place: Place): void {
  for (const [name, { tasks }] of listEntries(choice.branches)) {
    if (Object.hasOwn(choice.branch_workflows, name)) continue;
    for (const [index, id] of tasks.entries())
      if (!scope.operators.has(id))
        place
          .member("branches")
          .member(name)
          .member("tasks")
          .member(index)
          .error(
            "unknown_target",
            `Branch '${name}' has the task '${id}', which ${whereabouts(scope, id)}`,
            "define it next to the choice, or in branch_workflows",
          );
  }
}

function checkHandler(
  operator: Operator,
  scope: Scope,
  when: "on_success" | "on_failure",
  id: string | null,
  place: Place,
): void {
  if (id === null || findScope(scope, id)) return;
  place
    .member(`${when}_task_id`)
    .error(
      "unknown_target",
      `Task '${operator.task_id}' references non-existent ${when} task '${id}'`,
      "define the handler at the same level or further out",
    );
}

function checkJoin(operator: Operator, joinable: () => ReadonlySet<string>, place: Place): void {
  if (operator.operator_type !== "join") return;
  for (const [index, id] of operator.join_tasks.entries())
    if (!joinable().has(id))
      place
        .member("join_tasks")
        .member(index)
        .warn(
          "unknown_join_task",
          `Task '${id}' is neither at this level nor inside a branch of it`,
        );
}

/** The operators of a scope and of its branches, which a join can wait for. */
function listJoinable(scope: Scope): string[] {
  return [...scope.operators].flatMap(([id, operator]) => [
    id,
    ...branchScopes(operator, scope).flatMap((branch) => listJoinable(branch.scope)),
  ]);
}

function whereabouts(scope: Scope, id: string): string {
  const owner = findContaining(scope, id);
  return owner === undefined ? "does not exist at this level" : `is inside '${owner}'`;
}
