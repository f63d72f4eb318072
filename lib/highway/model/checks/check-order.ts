import type { Pausing } from "../../../model/work/turns.ts";
import { Place } from "../fields.ts";
import type { Problem } from "../problem.ts";
import { dependenciesIn, findStart, listSuccessors, targetsIn } from "../reach.ts";
import { findScope, innerScopes, type LocatedScope, type Scope } from "../scopes.ts";
import { isRouter, type Operator } from "../workflow.ts";

/** Reports operators of one scope that never run, run too early, or start each other without end. */
export function* checkOrder({ scope, locate }: LocatedScope, problems: Problem[]): Pausing<void> {
  const successors = listSuccessors(scope);
  for (const [id, operator] of scope.operators)
    if (operator.operator_type === "join")
      for (const member of operator.join_tasks) successors.get(member)?.add(id);
  yield;
  const cyclic = findCyclic([...scope.operators.keys()], (id) => successors.get(id) ?? []);
  yield;
  const handlers = listHandlers(scope);
  const targets = new Set(
    [...scope.operators.values()].flatMap((one) =>
      targetsIn(scope, one).map(({ target }) => target),
    ),
  );
  yield;
  const dead = findAfterTerminate(scope, new Set([...handlers, ...targets]));
  yield;
  const behind = searchBehind(successors);
  const start = findStart(scope);
  yield;
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
    if (!operator.dependencies.includes(id) && cyclic.has(id))
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
    if (isRouter(operator)) yield* checkTargetsBehindTargets(scope, operator, place, behind);
    yield;
  }
}

/** The ids of a scope's operators that other operators of the scope name as handlers. */
function listHandlers(scope: Scope): Set<string> {
  const named = [...scope.operators.values()].flatMap((one) => [
    one.on_success_task_id,
    one.on_failure_task_id,
  ]);
  return new Set(named.filter((id) => id !== null));
}

/**
 * Reports handlers that start each other in a ring, including through operators inside them. Each runs at most
 * once for each operator that triggers it, and none inside itself.
 */
export function* checkHandlerRings(
  located: readonly LocatedScope[],
  problems: Problem[],
): Pausing<void> {
  const next = listTriggered(located);
  const operators = located.flatMap(({ scope, locate }) =>
    [...scope.operators].map(([id, operator]) => ({ operator, at: () => locate(id) })),
  );
  const reported = new Set<Operator>();
  const others = (one: Operator) => [...(next.get(one) ?? [])].filter((to) => !reported.has(to));
  for (let rings = 0; rings < MOST_RINGS; rings++) {
    const left = operators.filter(({ operator }) => !reported.has(operator));
    const cyclic = findCyclic(
      left.map(({ operator }) => operator),
      others,
    );
    const first = left.find(({ operator }) => cyclic.has(operator));
    yield;
    const ring = first && findRing(first.operator, others);
    if (!ring) return;
    for (const one of ring) reported.add(one);
    const ids = [...ring, first.operator].map((one) => one.task_id);
    new Place(first.at(), problems).warn(
      "handler_ring",
      `Handlers trigger each other in a ring: ${ids.slice(0, MOST_IN_RING).join(" → ")}${ids.length > MOST_IN_RING ? " → …" : ""}. Each runs at most once for each operator that triggers it, and none inside itself`,
      "remove one of the on_success_task_id or on_failure_task_id",
    );
  }
}

/** Later rings are not reported, and no more than these operators of one are named. */
const MOST_RINGS = 20;
const MOST_IN_RING = 100;

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
  next: (operator: Operator) => Iterable<Operator>,
): Operator[] | undefined {
  const before = new Map<Operator, Operator>();
  // It grows during the iteration.
  const open = [start];
  for (const at of open)
    for (const one of next(at)) {
      if (one === start) {
        const ring = [at];
        for (let from = before.get(at); from; from = before.get(from)) ring.push(from);
        return ring.reverse();
      }
      if (before.has(one)) continue;
      before.set(one, at);
      open.push(one);
    }
  return undefined;
}

/** Which nodes of a graph are on a cycle. Linear in the graph, without recursion. */
function findCyclic<Node>(nodes: readonly Node[], next: (node: Node) => Iterable<Node>): Set<Node> {
  const cyclic = new Set<Node>();
  // Tarjan's strongly connected components: a component with one node is a cycle if the node follows itself.
  const order = new Map<Node, number>();
  const lowest = new Map<Node, number>();
  const component: Node[] = [];
  const isOpen = new Set<Node>();
  const lower = (node: Node, to: number) => lowest.set(node, Math.min(lowest.get(node) ?? to, to));
  for (const root of nodes) {
    if (order.has(root)) continue;
    const path: { node: Node; following: Iterator<Node> }[] = [];
    const enter = (node: Node) => {
      lower(node, order.size);
      order.set(node, order.size);
      component.push(node);
      isOpen.add(node);
      path.push({ node, following: next(node)[Symbol.iterator]() });
    };
    enter(root);
    for (let at = path.at(-1); at; at = path.at(-1)) {
      const { node } = at;
      const { done, value: to } = at.following.next();
      if (!done) {
        if (to === node) cyclic.add(node);
        if (!order.has(to)) enter(to);
        else if (isOpen.has(to)) lower(node, order.get(to) ?? 0);
        continue;
      }
      path.pop();
      const own = lowest.get(node) ?? 0;
      const outer = path.at(-1);
      if (outer) lower(outer.node, own);
      if (own !== order.get(node)) continue;
      const members = component.splice(component.lastIndexOf(node));
      for (const member of members) {
        isOpen.delete(member);
        if (members.length > 1) cyclic.add(member);
      }
    }
  }
  return cyclic;
}

/** The maximum number of steps through a scope's graph in the search for skipped targets. */
const MOST_STEPS = 100_000;

/**
 * Finds the operators that run after an operator on paths that avoid another one; `null` after too many steps of all
 * searches.
 */
function searchBehind(
  successors: ReadonlyMap<string, ReadonlySet<string>>,
): (start: string, without: string) => ReadonlySet<string> | null {
  let left = MOST_STEPS;
  return (start, without) => {
    const behind = new Set<string>();
    const open = [start];
    for (const id of open)
      for (const next of id === without ? [] : (successors.get(id) ?? [])) {
        if (--left < 0) return null;
        if (behind.has(next)) continue;
        behind.add(next);
        open.push(next);
      }
    return behind;
  };
}

/** A target that also runs after another target of the same router is skipped whenever that other one is chosen. */
function* checkTargetsBehindTargets(
  scope: Scope,
  router: Operator,
  place: Place,
  search: ReturnType<typeof searchBehind>,
): Pausing<void> {
  const targets = new Set(targetsIn(scope, router).map(({ target }) => target));
  if (targets.size < 2) return;
  for (const other of targets) {
    const behind = search(other, router.task_id);
    if (!behind) return;
    // Most targets have few operators behind them, and a router may have thousands of targets.
    const [few, many] = behind.size < targets.size ? [behind, targets] : [targets, behind];
    for (const target of few)
      if (target !== other && many.has(target))
        place.warn(
          "skipped_target",
          `Task '${target}' is a target of '${router.task_id}' and runs after its target '${other}', so it is skipped whenever '${router.task_id}' chooses '${other}'`,
          `do not name '${target}' as a target, or remove its dependency`,
        );
    yield;
  }
}

/** Operators whose dependencies are all terminates, or run only after one. */
function findAfterTerminate(scope: Scope, startedOtherwise: ReadonlySet<string>): Set<string> {
  const dead = new Set<string>();
  /** The dependencies of each operator that may run despite the ends found so far. */
  const waiting = new Map<string, number>();
  const dependents = new Map<string, string[]>();
  for (const [id, operator] of scope.operators) {
    if (startedOtherwise.has(id) || id === scope.start) continue;
    const dependencies = dependenciesIn(scope, operator);
    waiting.set(id, dependencies.length);
    for (const dependency of dependencies) {
      const known = dependents.get(dependency) ?? [];
      known.push(id);
      dependents.set(dependency, known);
    }
  }
  // It grows during the iteration.
  const ends = [...scope.operators.values()]
    .filter(({ operator_type }) => operator_type === "terminate")
    .map(({ task_id }) => task_id);
  const known = new Set(ends);
  for (const end of ends)
    for (const id of dependents.get(end) ?? []) {
      const left = (waiting.get(id) ?? 0) - 1;
      waiting.set(id, left);
      if (left > 0) continue;
      dead.add(id);
      if (known.has(id)) continue;
      known.add(id);
      ends.push(id);
    }
  return dead;
}
