import {
  behindIn,
  dependenciesIn,
  findKnotted,
  listSuccessors,
  reachableFrom,
  reducedDependencies,
  targetsIn,
} from "../model/reach.ts";
import {
  findContaining,
  findScope,
  innerScopes,
  type Scope,
  sharedBranches,
} from "../model/scopes.ts";
import { isRouter, type Operator } from "../model/workflow.ts";
import { type EndState, isEnd, isUnsuccessful, type OperatorState } from "./states.ts";

/** The progress of a scope. */
export type Progress = {
  /** Operators that are running or have ended, in the order in which they ended; all others are pending. */
  states: ReadonlyMap<string, OperatorState>;
  /** The targets that each completed router has selected. */
  selected: ReadonlyMap<string, readonly string[]>;
  /** End states of operators inside ended operators, by id. */
  inner: ReadonlyMap<string, OperatorState>;
  /** Handlers that are running now. */
  busyHandlers: ReadonlySet<string>;
};

/**
 * Operators that may start now, and pending ones that end without running. `blocked` maps pending operators to
 * another operator: they stay pending at least until it has ended.
 */
export type Decision = {
  start: string[];
  end: Map<string, EndState>;
  blocked: Map<string, string>;
};

type Verdict = "wait" | "start" | EndState;
type DependencyState = "pending" | EndState;

/**
 * The scheduling rules of one scope: which operators may start, and which end without running. Pure: the same progress
 * always leads to the same decision.
 */
export class Plan {
  private readonly dependencies = new Map<string, string[]>();
  /**
   * Dependents of a router outside its region wait for the region as well; the same applies to members of older
   * parallels.
   */
  private readonly regions = new Map<string, Set<string>>();
  private readonly routersOf = new Map<string, string[]>();
  /** For each handler, the operators of this scope whose end decides whether it can still start. */
  private readonly triggersOf = new Map<string, Set<string>>();
  /** Operators that would wait for regions that wait for them, each with the operators that wait for it. */
  private readonly knots: ReadonlyMap<string, ReadonlySet<string>>;
  /** The position of each operator in the document. */
  readonly places: ReadonlyMap<string, number>;

  constructor(readonly scope: Scope) {
    this.places = new Map([...scope.operators.keys()].map((id, place) => [id, place]));
    const behind = behindIn(scope);
    const dependents = listDependents(scope);
    for (const [id, operator] of scope.operators) {
      this.dependencies.set(id, reducedDependencies(scope, operator, behind));
      const isSelecting = isRouter(operator) || targetsIn(scope, operator).length > 0;
      if (isSelecting) this.regions.set(id, this.computeRegion(operator, dependents.get(id) ?? []));
      const members = sharedBranches(operator, scope).flatMap(({ ids }) => ids);
      if (members.length > 0) this.regions.set(id, new Set(members));
      for (const { target } of targetsIn(scope, operator))
        this.routersOf.set(target, [...(this.routersOf.get(target) ?? []), id]);
      for (const handler of handlersNamedIn(operator, scope)) {
        // An operator that is its own handler is an ordinary operator that may run once more.
        if (handler === id) continue;
        const triggers = this.triggersOf.get(handler) ?? new Set();
        this.triggersOf.set(handler, triggers.add(id));
      }
    }
    this.knots = this.findKnots();
  }

  /** Decides pending operators of the scope, in the given order. */
  decide(ids: Iterable<string>, progress: Progress): Decision {
    const decision: Decision = { start: [], end: new Map(), blocked: new Map() };
    for (const id of ids) {
      const operator = this.operator(id);
      const verdict = this.evaluate(id, operator, progress);
      if (verdict === "start") decision.start.push(id);
      else if (verdict !== "wait") decision.end.set(id, verdict);
      else {
        const blocker = this.findBlocker(id, operator, progress);
        if (blocker !== undefined) decision.blocked.set(id, blocker);
      }
    }
    return decision;
  }

  /**
   * An operator that must end before a waiting one can be decided; `undefined` if any of several may decide it.
   */
  private findBlocker(id: string, operator: Operator, { states }: Progress): string | undefined {
    const isOpen = (one: string) => !isEnd(states.get(one));
    const triggers = this.triggersOf.get(id);
    if (triggers) return [...triggers].find(isOpen);
    const routers = this.routersOf.get(id);
    if (routers) return routers.length === 1 ? routers.find(isOpen) : undefined;
    if (operator.trigger_rule.startsWith("one_")) return undefined;
    const joined = operator.operator_type === "join" ? operator.join_tasks : [];
    // The last one, because operators mostly end in the order of the document.
    return this.dependencies.get(id)?.findLast((one) => !joined.includes(one) && isOpen(one));
  }

  /** The operators that a router can lead to. */
  listRoutes(id: string): string[] {
    return [...this.routersOf].flatMap(([target, routers]) => (routers.includes(id) ? target : []));
  }

  /** The operator with the longest chain of dependencies among `ids`; ties go to the greatest id. */
  findDeepest(ids: Iterable<string>): string | undefined {
    const depths = new Map<string, number>();
    const depthOf = (id: string): number => {
      const known = depths.get(id);
      if (known !== undefined) return known;
      depths.set(id, 0);
      const before = (this.dependencies.get(id) ?? []).map(depthOf);
      const depth = 1 + Math.max(0, ...before);
      depths.set(id, depth);
      return depth;
    };
    return [...ids].sort((a, b) => depthOf(a) - depthOf(b) || (a < b ? -1 : 1)).at(-1);
  }

  private evaluate(id: string, operator: Operator, progress: Progress): Verdict {
    // Checked before handlers: a start task runs even if it is also the handler of another operator.
    if (id === this.scope.start) return "start";
    const triggers = this.triggersOf.get(id);
    if (triggers) return this.evaluateHandler(id, triggers, progress);
    const verdict = this.routersOf.has(id)
      ? this.evaluateTarget(id, progress)
      : this.evaluateRule(id, operator, progress);
    return verdict === "start" && operator.operator_type === "join"
      ? this.evaluateJoin(operator.join_tasks, operator.join_mode, progress)
      : verdict;
  }

  private evaluateHandler(id: string, triggers: Set<string>, progress: Progress): Verdict {
    const { states, busyHandlers } = progress;
    const isOpen = (one: string) => !isEnd(states.get(one)) || busyHandlers.has(one);
    // The start task has run on its own, and may run once more for each operator whose handler it is.
    const mayTrigger = (one: string) =>
      isOpen(one) ||
      (one === this.scope.start && [...(this.triggersOf.get(one) ?? [])].some(isOpen));
    return busyHandlers.has(id) || [...triggers].some(mayTrigger) ? "wait" : "skipped";
  }

  /** An operator that a router can lead to runs if a router leads to it. */
  private evaluateTarget(id: string, { states, selected }: Progress): Verdict {
    const routers = this.routersOf.get(id) ?? [];
    const ends = routers.map((router) => states.get(router));
    const isSelected = routers.some(
      (router) => states.get(router) === "completed" && selected.get(router)?.includes(id),
    );
    if (!isSelected) {
      if (!ends.every(isEnd)) return "wait";
      return ends.some(isUnsuccessful) ? "upstream_failed" : "skipped";
    }
    const others = dependenciesIn(this.scope, this.operator(id));
    if (!others.every((other) => isEnd(states.get(other)))) return "wait";
    const isSpoiled = others.some(
      (other) => !routers.includes(other) && isUnsuccessful(states.get(other)),
    );
    return isSpoiled ? "upstream_failed" : "start";
  }

  private evaluateRule(id: string, operator: Operator, progress: Progress): Verdict {
    const joined = operator.operator_type === "join" ? operator.join_tasks : [];
    const dependencies = (this.dependencies.get(id) ?? []).filter((one) => !joined.includes(one));
    if (dependencies.length === 0) return "start";
    const ends = dependencies.map((dependency) => this.dependencyState(id, dependency, progress));
    const counted = ends.filter((one) => one !== "skipped");
    if (counted.length === 0) return "skipped";
    const isOpen = counted.includes("pending");
    switch (operator.trigger_rule) {
      case "one_done":
        return counted.some((one) => one !== "pending") ? "start" : "wait";
      case "one_success":
        if (counted.includes("completed")) return "start";
        return isOpen ? "wait" : "upstream_failed";
      case "all_done":
        return isOpen ? "wait" : "start";
      default:
        if (isOpen) return "wait";
        return counted.some(isUnsuccessful) ? "upstream_failed" : "start";
    }
  }

  /**
   * How a dependency ended. For operators after a router's region, the router has not ended before its region has.
   */
  private dependencyState(id: string, dependency: string, { states }: Progress): DependencyState {
    const state = states.get(dependency);
    if (!isEnd(state)) return "pending";
    const region = this.regions.get(dependency);
    if (!region || region.has(id)) return state;
    const waiting = this.knots.get(id);
    const ends = [...region].flatMap((member) => {
      const end = states.get(member);
      return waiting?.has(member) && !isEnd(end) ? [] : [end];
    });
    if (!ends.every(isEnd)) return "pending";
    return ends.some(isUnsuccessful) && state !== "skipped" ? "upstream_failed" : state;
  }

  private evaluateJoin(members: string[], mode: string, progress: Progress): Verdict {
    const states = members.map((member) => this.memberState(member, progress));
    // A task that does not exist fails the join when it runs.
    if (states.includes(undefined)) return "start";
    const counted = states.filter((state) => state !== "skipped");
    if (members.length > 0 && counted.length === 0) return "skipped";
    if (counted.every(isEnd)) return "start";
    if (mode === "any_of") return counted.some(isEnd) ? "start" : "wait";
    if (mode === "all_success") return counted.some(isUnsuccessful) ? "start" : "wait";
    if (mode === "one_success") return counted.includes("completed") ? "start" : "wait";
    return "wait";
  }

  /**
   * The state of a task that a join names, next to the join or inside an operator there. `undefined` if there is
   * none.
   */
  memberState(id: string, { states, inner }: Progress): OperatorState | undefined {
    if (this.scope.operators.has(id)) return states.get(id) ?? "running";
    const within = inner.get(id);
    if (within !== undefined) return within;
    const owner = findContaining(this.scope, id);
    if (owner === undefined) return undefined;
    const state = states.get(owner);
    if (!isEnd(state) || state === "completed") return isEnd(state) ? undefined : "running";
    return state === "skipped" ? "skipped" : "upstream_failed";
  }

  /** The targets of a router, and everything that depends on it and on something in the region. */
  private computeRegion(router: Operator, dependents: readonly Dependent[]): Set<string> {
    const region = new Set(targetsIn(this.scope, router).map(({ target }) => target));
    for (let size = -1; size !== region.size; ) {
      size = region.size;
      for (const { id, on } of dependents)
        if (on.some((dependency) => region.has(dependency))) region.add(id);
    }
    return region;
  }

  /**
   * Resolves mutual waits: an operator does not wait for the part of a region that waits for it, such as a target
   * that depends on it.
   */
  private findKnots(): Map<string, ReadonlySet<string>> {
    const successors = listSuccessors(this.scope);
    const waiting = new Set<string>();
    for (const [id, operator] of this.scope.operators) {
      if (operator.operator_type === "join")
        for (const member of operator.join_tasks) successors.get(member)?.add(id);
      for (const dependency of this.dependencies.get(id) ?? []) {
        const region = this.regions.get(dependency);
        if (!region || region.has(id)) continue;
        waiting.add(id);
        for (const member of region) successors.get(member)?.add(id);
      }
    }
    const knotted = [...findKnotted(successors)].filter((id) => waiting.has(id));
    return new Map(knotted.map((id) => [id, reachableFrom(id, successors)]));
  }

  private operator(id: string): Operator {
    const found = this.scope.operators.get(id);
    if (!found) throw new Error(`no operator ${id}`);
    return found;
  }
}

type Dependent = { id: string; on: readonly string[] };

/** For each operator what depends on it. */
function listDependents(scope: Scope): Map<string, Dependent[]> {
  const dependents = new Map<string, Dependent[]>();
  for (const operator of scope.operators.values()) {
    const dependent = { id: operator.task_id, on: dependenciesIn(scope, operator) };
    for (const id of dependent.on) {
      const known = dependents.get(id);
      if (known) known.push(dependent);
      else dependents.set(id, [dependent]);
    }
  }
  return dependents;
}

/** Handlers of `home` that an operator, or one inside it, names. */
function handlersNamedIn(operator: Operator, home: Scope, at: Scope = home): string[] {
  const own = [operator.on_success_task_id, operator.on_failure_task_id];
  const inner = innerScopes(operator, at).flatMap((within) =>
    [...within.operators.values()].flatMap((one) => handlersNamedIn(one, home, within)),
  );
  return [...own.filter((id) => id !== null && findScope(at, id) === home), ...inner] as string[];
}
