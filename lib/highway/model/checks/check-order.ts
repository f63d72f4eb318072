import { Place } from "../fields.ts";
import type { Problem } from "../problem.ts";
import { dependenciesIn, findStart, listSuccessors, reachableFrom, targetsIn } from "../reach.ts";
import { findScope, innerScopes, type LocatedScope, type Scope } from "../scopes.ts";
import { isRouter, type Operator } from "../workflow.ts";

/** Reports operators of one scope that never run, run too early, or start each other without end. */
export function checkOrder({ scope, locate }: LocatedScope, problems: Problem[]): void {
  const successors = listSuccessors(scope);
  for (const [id, operator] of scope.operators)
    if (operator.operator_type === "join")
      for (const member of operator.join_tasks) successors.get(member)?.add(id);
  const handlers = listHandlers(scope);
  const targets = new Set(
    [...scope.operators.values()].flatMap((one) =>
      targetsIn(scope, one).map(({ target }) => target),
    ),
  );
  const dead = findAfterTerminate(scope, new Set([...handlers.keys(), ...targets]));
  const start = findStart(scope);
  // Unless one of them waits for nothing there is a cycle, which is reported.
  const idle = [...scope.operators.values()].find((one) => dependenciesIn(scope, one).length === 0);
  if (start === undefined && idle)
    new Place(locate(idle.task_id), problems).warn(
      "nothing_starts",
      "No task here starts by itself: each runs after another, or is its target or handler",
      "remove a handler or a target, or name a start_task",
    );
  for (const [id, operator] of scope.operators) {
    const place = new Place(locate(id), problems);
    if (!operator.dependencies.includes(id) && reachableFrom(id, successors).has(id))
      place.error(
        "cycle",
        `Task '${id}' runs after itself`,
        "remove one of the dependencies, targets or joins of the cycle",
      );
    const isRoot = operator.dependencies.length === 0;
    if (isRoot && id !== start && !handlers.has(id) && !targets.has(id))
      place.warn(
        "orphan_root",
        `Task '${id}' has no dependencies, so it starts together with '${start}'`,
        "add dependencies unless that is intended",
      );
    if (!isRoot && handlers.has(id))
      place
        .member("dependencies")
        .warn(
          "handler_has_dependencies",
          `Task '${id}' is a handler, so its dependencies have no effect`,
          "remove the dependencies",
        );
    if (dead.has(id))
      place.warn("after_terminate", `Task '${id}' never runs: a terminate before it ends the run`);
    if (scope.outer && findScope(scope.outer, id))
      place
        .member("task_id")
        .error(
          "duplicate_task_id",
          `Task '${id}' also exists at an outer level`,
          "rename one of them",
        );
    if (isRouter(operator)) checkTargetsBehindTargets(scope, operator, place);
  }
}

/** The handlers of a scope, each with the operators of the scope that name it. */
function listHandlers(scope: Scope): Map<string, Operator[]> {
  const handlers = new Map<string, Operator[]>();
  for (const operator of scope.operators.values())
    for (const id of [operator.on_success_task_id, operator.on_failure_task_id])
      if (id !== null) handlers.set(id, [...(handlers.get(id) ?? []), operator]);
  return handlers;
}

/**
 * Reports handlers that start each other in a ring, including through operators inside them. Each runs at most
 * once for each operator that triggers it, and none inside itself.
 */
export function checkHandlerRings(located: readonly LocatedScope[], problems: Problem[]): void {
  const next = listTriggered(located);
  const reported = new Set<Operator>();
  for (const { scope, locate } of located)
    for (const [id, operator] of scope.operators) {
      const ring = findRing(operator, next);
      if (!ring || ring.some((one) => reported.has(one))) continue;
      for (const one of ring) reported.add(one);
      const ids = [...ring, operator].map((one) => one.task_id);
      new Place(locate(id), problems).warn(
        "handler_ring",
        `Handlers trigger each other in a ring: ${ids.join(" → ")}. Each runs at most once for each operator that triggers it, and none inside itself`,
        "remove one of the on_success_task_id or on_failure_task_id",
      );
    }
}

/** For each operator its handlers, and the operators inside it that have handlers. */
function listTriggered(located: readonly LocatedScope[]): Map<Operator, Set<Operator>> {
  const next = new Map<Operator, Set<Operator>>();
  const add = (from: Operator, to: Operator) =>
    next.set(from, (next.get(from) ?? new Set<Operator>()).add(to));
  const containers = new Map(
    located.flatMap(({ scope }) =>
      [...scope.operators.values()].flatMap((operator) =>
        innerScopes(operator, scope).map((inner): [string, Operator] => [inner.path, operator]),
      ),
    ),
  );
  for (const { scope } of located)
    for (const operator of scope.operators.values())
      for (const id of [operator.on_success_task_id, operator.on_failure_task_id]) {
        const handler = id === null ? undefined : findScope(scope, id)?.operators.get(id);
        if (!handler) continue;
        add(operator, handler);
        for (let at: Scope | null = scope; at; at = at.outer) {
          const container = containers.get(at.path);
          if (container) add(container, operator);
        }
      }
  return next;
}

/** The shortest path from an operator back to it, without the return. */
function findRing(
  start: Operator,
  next: ReadonlyMap<Operator, ReadonlySet<Operator>>,
): Operator[] | undefined {
  const open: Operator[][] = [[start]];
  const seen = new Set<Operator>();
  for (let path = open.shift(); path; path = open.shift())
    for (const one of next.get(path.at(-1) ?? start) ?? []) {
      if (one === start) return path;
      if (seen.has(one)) continue;
      seen.add(one);
      open.push([...path, one]);
    }
  return undefined;
}

/**
 * A target that also runs after another target of the same router is skipped whenever that other one is chosen.
 */
function checkTargetsBehindTargets(scope: Scope, router: Operator, place: Place): void {
  const successors = listSuccessors(scope);
  successors.delete(router.task_id);
  const targets = new Set(targetsIn(scope, router).map(({ target }) => target));
  for (const other of targets) {
    const behind = reachableFrom(other, successors);
    for (const target of targets)
      if (target !== other && behind.has(target))
        place.warn(
          "skipped_target",
          `Task '${target}' is a target of '${router.task_id}' and runs after its target '${other}', so it is skipped whenever '${router.task_id}' chooses '${other}'`,
          `do not name '${target}' as a target, or remove its dependency`,
        );
  }
}

/** Operators whose dependencies are all terminates, or run only after one. */
function findAfterTerminate(scope: Scope, startedOtherwise: ReadonlySet<string>): Set<string> {
  const dead = new Set<string>();
  const ends = (id: string) =>
    dead.has(id) || scope.operators.get(id)?.operator_type === "terminate";
  for (let size = -1; size !== dead.size; ) {
    size = dead.size;
    for (const [id, operator] of scope.operators) {
      const dependencies = dependenciesIn(scope, operator);
      if (startedOtherwise.has(id) || id === scope.start || dependencies.length === 0) continue;
      if (dependencies.every(ends)) dead.add(id);
    }
  }
  return dead;
}
