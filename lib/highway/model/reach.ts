import { listEntries } from "../language/key-order.ts";
import { findContaining, type Scope } from "./scopes.ts";
import { isRouter, listTargets, type Operator } from "./workflow.ts";

/**
 * The operators of its scope that an operator waits for. A dependency on an operator inside a loop or branch of
 * this scope becomes one on the loop or parallel; operators of outer scopes have already ended and are omitted.
 */
export function dependenciesIn(scope: Scope, operator: Operator): string[] {
  const own = new Set<string>();
  for (const dependency of operator.dependencies) {
    const id = findContaining(scope, dependency);
    if (id !== undefined) own.add(id);
  }
  if (own.has(operator.task_id) && !operator.dependencies.includes(operator.task_id))
    own.delete(operator.task_id);
  return [...own];
}

/**
 * The targets of a router within its scope, labelled with the case. A choice whose branches are tasks of this
 * scope is also a router, labelled with the branches.
 */
export function targetsIn(scope: Scope, operator: Operator): { target: string; label: string }[] {
  const targets = isRouter(operator) ? listTargets(operator) : listChoiceTargets(operator);
  return targets.filter(({ target }) => scope.operators.has(target));
}

function listChoiceTargets(operator: Operator): { target: string; label: string }[] {
  if (operator.operator_type !== "multi_choice") return [];
  return listEntries(operator.branches).flatMap(([label, { tasks }]) =>
    Object.hasOwn(operator.branch_workflows, label)
      ? []
      : tasks.map((target) => ({ target, label })),
  );
}

/** The operator that a scope starts with: the one that it names, or else the first that waits for nothing. */
export function findStart(scope: Scope): string | undefined {
  if (scope.start !== null && scope.operators.has(scope.start)) return scope.start;
  const operators = [...scope.operators.values()];
  const named = new Set(
    operators.flatMap((one) => [one.on_success_task_id, one.on_failure_task_id]),
  );
  for (const one of operators) for (const { target } of targetsIn(scope, one)) named.add(target);
  return operators.find((one) => dependenciesIn(scope, one).length === 0 && !named.has(one.task_id))
    ?.task_id;
}

/** For each operator its dependents and, for a router, its targets. */
export function listSuccessors(scope: Scope): Map<string, Set<string>> {
  const successors = new Map<string, Set<string>>(
    [...scope.operators.keys()].map((id) => [id, new Set()]),
  );
  for (const [id, operator] of scope.operators) {
    for (const dependency of dependenciesIn(scope, operator)) successors.get(dependency)?.add(id);
    for (const { target } of targetsIn(scope, operator)) successors.get(id)?.add(target);
  }
  return successors;
}

/** Every operator that can run after this one; including this one only if it is on a cycle. */
export function reachableFrom(start: string, successors: Map<string, Set<string>>): Set<string> {
  const reached = new Set<string>();
  const open = [start];
  for (let id = open.pop(); id !== undefined; id = open.pop())
    for (const next of successors.get(id) ?? [])
      if (!reached.has(next)) {
        reached.add(next);
        open.push(next);
      }
  return reached;
}

/** Every operator on a cycle or after one. */
export function findKnotted(successors: ReadonlyMap<string, ReadonlySet<string>>): Set<string> {
  const waiting = new Map<string, number>();
  for (const next of successors.values())
    for (const id of next) waiting.set(id, (waiting.get(id) ?? 0) + 1);
  const knotted = new Set(successors.keys());
  const open = [...knotted].filter((id) => !waiting.has(id));
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    knotted.delete(id);
    for (const next of successors.get(id) ?? []) {
      const left = (waiting.get(next) ?? 0) - 1;
      waiting.set(next, left);
      if (left === 0) open.push(next);
    }
  }
  return knotted;
}

/** `behind(id)`: every operator of this scope that can run after that one. Computed on first use. */
export function behindIn(scope: Scope): (id: string) => ReadonlySet<string> {
  const successors = listSuccessors(scope);
  const known = new Map<string, Set<string>>();
  return (id) => {
    const found = known.get(id) ?? reachableFrom(id, successors);
    known.set(id, found);
    return found;
  };
}

/** The dependencies of an operator, except routers that another of its dependencies runs after. */
export function reducedDependencies(
  scope: Scope,
  operator: Operator,
  behind: (id: string) => ReadonlySet<string>,
): string[] {
  const all = dependenciesIn(scope, operator);
  return all.filter((id) => {
    const dependency = scope.operators.get(id);
    if (!dependency) return true;
    if (!isRouter(dependency) && targetsIn(scope, dependency).length === 0) return true;
    return !all.some((other) => other !== id && behind(id).has(other));
  });
}
