import { findContaining, type Scope } from "./scopes.ts";
import { isRouter, listTargets, type Operator } from "./workflow.ts";

/**
 * What an operator waits for, within its scope. A dependency on something inside of a loop or a branch here is one on
 * that loop or parallel; ids from further out have happened already and do not count.
 */
export function dependenciesIn(scope: Scope, operator: Operator): string[] {
  const own = operator.dependencies.flatMap((id) => findContaining(scope, id) ?? []);
  return [...new Set(own)].filter(
    (id) => id !== operator.task_id || operator.dependencies.includes(id),
  );
}

/** Where a router can lead, within its scope. */
export function targetsIn(scope: Scope, operator: Operator): { target: string; label: string }[] {
  if (!isRouter(operator)) return [];
  return listTargets(operator).filter(({ target }) => scope.operators.has(target));
}

/** Where a scope begins: where that is said, else at the first operator that waits for nothing. */
export function startOf(scope: Scope): string | undefined {
  if (scope.start !== null && scope.operators.has(scope.start)) return scope.start;
  const operators = [...scope.operators.values()];
  const named = new Set(
    operators.flatMap((one) => [one.on_success_task_id, one.on_failure_task_id]),
  );
  for (const one of operators) for (const { target } of targetsIn(scope, one)) named.add(target);
  return operators.find((one) => dependenciesIn(scope, one).length === 0 && !named.has(one.task_id))
    ?.task_id;
}

/** The ways onward from each operator: to its dependents, and from a router to its targets. */
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

/** Everything that can come after an operator; itself only when it lies on a cycle. */
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

/** `behind(id)`: everything that can come after an operator of this scope, computed when asked. */
export function behindIn(scope: Scope): (id: string) => ReadonlySet<string> {
  const successors = listSuccessors(scope);
  const known = new Map<string, Set<string>>();
  return (id) => {
    const found = known.get(id) ?? reachableFrom(id, successors);
    known.set(id, found);
    return found;
  };
}

/**
 * The dependencies that count: an edge from a router is implied, and left out, when the operator also depends on
 * something behind that router.
 */
export function reducedDependencies(
  scope: Scope,
  operator: Operator,
  behind: (id: string) => ReadonlySet<string>,
): string[] {
  const all = dependenciesIn(scope, operator);
  return all.filter((id) => {
    const dependency = scope.operators.get(id);
    if (!dependency || !isRouter(dependency)) return true;
    return !all.some((other) => other !== id && behind(id).has(other));
  });
}
