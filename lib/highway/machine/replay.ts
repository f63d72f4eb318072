import { isActive, type TaskState } from "../../model/states.ts";
import { type Pausing, workAtOnce } from "../../model/work/turns.ts";
import { behindIn } from "../model/reach.ts";
import {
  bodyScope,
  branchPath,
  branchScopes,
  findHome,
  listIds,
  pathIn,
  type Scope,
  topScope,
} from "../model/scopes.ts";
import {
  type ForeachOperator,
  isBranching,
  isCall,
  isLoop,
  isRouter,
  type MultiChoiceOperator,
  type Operator,
  type ParallelOperator,
  type WhileOperator,
  type Workflow,
} from "../model/workflow.ts";
import { attemptPath } from "./entry-names.ts";
import { findFork, isFork } from "./fork.ts";
import {
  type Observation,
  observeFailure,
  observeLeaf,
  observePart,
  observeRetry,
} from "./observe.ts";
import { Plan } from "./plan.ts";
import { RecordIndex, type Records } from "./record-index.ts";
import { selectedTasks } from "./routing.ts";
import { ScopeMachine, type Start } from "./scope-machine.ts";
import { type EndState, type Failure, isEndState, type OperatorState } from "./states.ts";

/**
 * One operator in one place of a run: each round of a loop, and each attempt of its surroundings, has a separate
 * one.
 */
export type OperatorTrace = {
  /** The path in the definition: `each_order/charge`. */
  path: string;
  /** The path in the run: `each_order[2]/charge`. */
  instance: string;
  state: "pending" | "running" | "sleeping" | EndState;
  /** Whether the state is not recorded but follows from the records. */
  inferred: boolean;
  /** The current or last attempt, from 1. */
  attempts: number;
  /** For a loop: the number of ended rounds, and their total; `null` while that is open. */
  rounds: { done: number; total: number | null } | null;
  /** For a reflexive operator that has started: generations of the last attempt, and their maximum. */
  turns: { taken: number; most: number } | null;
  /** For a router that has ended: its target. */
  chosen: string | null;
  /** For a choice that was made: the branches that run. */
  chosenBranches: readonly string[] | null;
  failure: Failure | null;
  /** Whether it failed and its handler completed. */
  isHandled: boolean;
  /** Whether a later attempt of its surroundings has replaced it. */
  isSuperseded: boolean;
  /** The state of the task that executes it; `null` if it is not known. */
  host: TaskState | null;
};

/**
 * The state of every operator of a run, by its path in the run: the scope machine, driven by what the tasks
 * recorded. An operator that was not reached has no trace. The states in `ends`, which the root task reported at
 * its end, take precedence.
 */
export function replayRun(
  workflow: Workflow,
  records: Records,
  ends: Readonly<Record<string, string>> = {},
): Map<string, OperatorTrace> {
  return workAtOnce(replayInTurns(workflow, records, ends));
}

/** As `replayRun`, pausing at each end of an operator. */
export function* replayInTurns(
  workflow: Workflow,
  records: Records,
  ends: Readonly<Record<string, string>> = {},
): Pausing<Map<string, OperatorTrace>> {
  const replay = new Replay(workflow, new RecordIndex(records));
  yield;
  yield* replay.replayScope(topScope(workflow), "", records.root);
  for (const trace of replay.traces.values()) conclude(trace, records.root, ends[trace.instance]);
  return replay.traces;
}

/** Sets the final state of a trace once its task has ended: the reported one, or that nothing more will follow. */
function conclude(trace: OperatorTrace, root: TaskState | null, end: string | undefined): void {
  if (end !== undefined && isEndState(end)) {
    trace.inferred &&= end !== trace.state;
    trace.state = end;
    return;
  }
  if (isActive(root) && (trace.host === null || isActive(trace.host))) return;
  close(trace, trace.host === "failed" || root === "failed" ? "failed" : "cancelled");
}

/** Ends an operator that will not continue: with `state` if it had started, otherwise as one that did not run. */
function close(trace: OperatorTrace, state: EndState): void {
  if (isEndState(trace.state)) return;
  trace.inferred = true;
  trace.state = trace.state === "pending" ? "skipped" : state;
}

/** The progress of a scope. `at` is when it ended, `inner` the end states of operators in it and inside them. */
type ScopeTrace = {
  state: "completed" | "failed" | "open";
  at: number;
  inner: [id: string, state: OperatorState][];
  /** Whether something in it is being executed. */
  isBusy: boolean;
  /** Whether it has ended the whole run. */
  isTerminated: boolean;
};

/**
 * What the records show about the inside of an operator; `found` is `undefined` until something inside has
 * started.
 */
type Inside = {
  found: Observation | undefined;
  rounds: OperatorTrace["rounds"];
  inner: [id: string, state: OperatorState][];
  isBusy: boolean;
  /** The branches that a choice has chosen. */
  chosen?: readonly string[] | null;
};

/** One round or branch, and its inside. */
type Part = { found: Observation | undefined; trace: ScopeTrace };

/**
 * An operator whose inside is observed; `at` is the path of one attempt, `host` the state of the surrounding task.
 */
type Visit = { scope: Scope; path: string; host: TaskState | null; at: string };

type Ended = {
  /** The position of the start among all starts of the scope. */
  order: number;
  start: Start;
  found: Extract<Observation, { at: number }>;
  trace: OperatorTrace;
  inner: [id: string, state: OperatorState][];
};

export class Replay {
  readonly traces = new Map<string, OperatorTrace>();
  private readonly plans = new Map<string, Plan>();

  constructor(
    private readonly workflow: Workflow,
    readonly records: RecordIndex,
  ) {}

  getPlan(scope: Scope): Plan {
    const plan = this.plans.get(scope.path) ?? new Plan(scope);
    this.plans.set(scope.path, plan);
    return plan;
  }

  /** Observes one operator, with everything inside it; `undefined` if nothing is recorded. */
  *observe(
    scope: Scope,
    operator: Operator,
    path: string,
    host: TaskState | null,
  ): Pausing<{ found: Observation | undefined; inside: Inside | undefined }> {
    const inside = yield* this.observeInside(findHome(scope, operator), operator, path, host);
    const found =
      observeFailure(this.records, path) ??
      inside?.found ??
      observeLeaf(this.records, operator, path);
    return { found: this.afterPostconditions(operator, path, found), inside };
  }

  /** A value that was recorded before its postconditions were checked is not an end yet. */
  private afterPostconditions(
    operator: Operator,
    path: string,
    found: Observation | undefined,
  ): Observation | undefined {
    const { records } = this;
    if (operator.postconditions.length === 0 || isCall(operator) || !records.isComplete)
      return found;
    // The end of the run is final, regardless of later records.
    if (found?.state !== "completed" || found.isTerminal) return found;
    const checked = records.get(`${attemptPath(path, records.attemptAt(path))}/post`);
    return checked ? { ...found, at: Math.max(found.at, checked.at) } : { state: "running" };
  }

  /** Replays one scope whose path in the run is `base`, executed by a task in the state `host`. */
  *replayScope(scope: Scope, base: string, host: TaskState | null): Pausing<ScopeTrace> {
    const { records } = this;
    const hasBegun = (path: string) => records.hasBegun(path);
    const plan = this.getPlan(scope);
    yield;
    const machine = new ScopeMachine(scope, base, hasBegun, plan);
    const byKey = new Map<string, OperatorTrace>();
    const ended: Ended[] = [];
    /** The inside of a fork is known to the scope once a task has waited for it. */
    const forked = new Map<Operator, Ended["inner"]>();
    let at = 0;
    let order = 0;
    let isBusy = false;
    let isTerminated = false;
    const note = (start: Start, found: Observation, inferred: boolean) => {
      const trace = this.addTrace(scope, start, found, inferred, host);
      byKey.set(start.key, trace);
      return trace;
    };
    for (;;) {
      const known = ended.length;
      for (const start of machine.advance()) {
        yield;
        const { operator, path } = start;
        const { found: recorded, inside } = yield* this.observe(scope, operator, path, host);
        const found = recorded ?? this.guess(scope, base, start, host, at);
        if (inside && found.state === "failed")
          for (const inner of this.inside(path)) close(inner, "cancelled");
        const trace = note(start, found, recorded === undefined || inside !== undefined);
        trace.rounds = inside?.rounds ?? null;
        trace.chosenBranches = inside?.chosen ?? null;
        isBusy ||= inside?.isBusy === true || found.state === "running";
        if ("at" in found)
          ended.push({ order: order++, start, found, trace, inner: inside?.inner ?? [] });
      }
      // The first end decides what else starts. The latest one is first in the list; on a tie, the later start.
      if (ended.length > known) ended.sort((a, b) => b.found.at - a.found.at || b.order - a.order);
      yield;
      const next = ended.pop();
      if (!next) break;
      const { start, found, trace } = next;
      at = Math.max(at, found.at);
      const selected = this.selectedBy(machine.plan, base, start.operator, found);
      if (isRouter(start.operator)) trace.chosen = selected?.[0] ?? null;
      if (found.state === "completed" && start.trigger?.end.state === "failed") {
        const failure = byKey.get(start.trigger.start.key);
        if (failure) failure.isHandled = true;
      }
      const home = findHome(scope, start.operator);
      const fork = findFork(home, start.operator);
      if (isFork(this.workflow, home, start.operator)) forked.set(start.operator, next.inner);
      const inner = fork ? (forked.get(fork) ?? []) : forked.has(start.operator) ? [] : next.inner;
      const isTerminal = "isTerminal" in found && found.isTerminal === true;
      isTerminated ||= isTerminal;
      machine.resolve(start.key, {
        state: found.state,
        ...(selected && { selected }),
        inner,
        isTerminal,
      });
      if (isTerminated) break;
    }
    if (isTerminated) {
      for (const trace of byKey.values()) close(trace, "skipped");
      for (const trace of this.traces.values())
        if (base === "" || trace.instance.startsWith(`${base}/`)) close(trace, "skipped");
      // The end of the run came first, so the machine has no other end for these.
      for (const { trace } of ended) {
        trace.state = "skipped";
        trace.inferred = true;
      }
    }
    yield;
    const traced = new Set([...byKey.keys()].map((key) => key.split("\n")[0]));
    for (const [id, operator] of scope.operators) {
      const state = machine.states.get(id);
      if (traced.has(id)) continue;
      const path = pathIn({ path: base }, id);
      const found =
        state === undefined || state === "running" ? { state: "pending" as const } : { state, at };
      note({ operator, key: id, path, trigger: null }, found as Observation, true);
    }
    const outcome = machine.failures.size > 0 || !machine.hasRun ? "failed" : "completed";
    const isEmpty = scope.operators.size === 0;
    return {
      state: !machine.isOver ? "open" : isEmpty ? "completed" : outcome,
      at,
      inner: machine.ends,
      isBusy: isBusy && !isTerminated,
      isTerminated,
    };
  }

  /** An operator that could start and has no record: only its end would be recorded. */
  private guess(
    scope: Scope,
    base: string,
    { operator, key }: Start,
    host: TaskState | null,
    at: number,
  ): Observation {
    if (!this.records.isComplete && key === operator.task_id) {
      // If records have gaps, a later operator that has started shows that this one ended.
      const behind = [...behindIn(scope)(operator.task_id)];
      if (behind.some((id) => this.records.hasBegun(pathIn({ path: base }, id))))
        return { state: "completed", at };
    }
    if (host === "running") return { state: "running" };
    const waits = operator.operator_type.startsWith("wait");
    return { state: host === "sleeping" && waits ? "sleeping" : "pending" };
  }

  /** The targets of a router that has completed; if they are not recorded, those that have started. */
  private selectedBy(
    plan: Plan,
    base: string,
    router: Operator,
    found: Observation,
  ): readonly string[] | undefined {
    if (found.state !== "completed") return undefined;
    const { selected } = found;
    if (this.records.isComplete && selected) return selected;
    const hasBegun = (id: string) => this.records.hasBegun(pathIn({ path: base }, id));
    if (selected?.some(hasBegun)) return selected;
    const begun = plan.listRoutes(router.task_id).filter(hasBegun);
    if (!isRouter(router)) return begun;
    return begun.length > 0 ? begun.slice(0, 1) : selected;
  }

  private addTrace(
    scope: Scope,
    { operator, path: instance }: Start,
    found: Observation,
    inferred: boolean,
    host: TaskState | null,
  ): OperatorTrace {
    const trace: OperatorTrace = {
      path: pathIn(findHome(scope, operator), operator.task_id),
      instance,
      state: found.state,
      inferred,
      attempts: this.records.attemptAt(instance),
      rounds: null,
      turns: this.countTurns(operator, instance),
      chosen: null,
      chosenBranches: null,
      failure: found.state === "failed" ? found.failure : null,
      isHandled: false,
      isSuperseded: false,
      host,
    };
    this.traces.set(instance, trace);
    return trace;
  }

  private countTurns(operator: Operator, path: string): OperatorTrace["turns"] {
    if (operator.operator_type !== "reflexive") return null;
    const attempt = attemptPath(path, this.records.attemptAt(path));
    let taken = 0;
    while (this.records.get(`${attempt}/turn/${taken + 1}/generated`)) taken += 1;
    return taken === 0 ? null : { taken, most: operator.max_turns };
  }

  /** The traces found inside the operator at a path. */
  private inside(path: string): OperatorTrace[] {
    return [...this.traces.values()].filter(
      ({ instance }) => instance.startsWith(path) && /^[.[~]/.test(instance.slice(path.length)),
    );
  }

  /** `undefined` for operators that have nothing inside. */
  private *observeInside(
    scope: Scope,
    operator: Operator,
    path: string,
    host: TaskState | null,
  ): Pausing<Inside | undefined> {
    if (!isBranching(operator) && !isLoop(operator)) return undefined;
    const attempt = this.records.attemptAt(path);
    const visit = { scope, path, host, at: attemptPath(path, attempt) };
    for (let earlier = 1; earlier < attempt; earlier++)
      yield* this.observeAttempt({ ...visit, at: attemptPath(path, earlier) }, operator);
    for (const trace of attempt > 1 ? this.inside(path) : []) {
      trace.isSuperseded = true;
      close(trace, "cancelled");
    }
    return yield* this.observeAttempt(visit, operator);
  }

  private *observeAttempt(visit: Visit, operator: Operator): Pausing<Inside | undefined> {
    switch (operator.operator_type) {
      case "parallel":
        return yield* this.observeParallel(visit, operator);
      case "multi_choice":
        return yield* this.observeChoice(visit, operator);
      case "foreach":
        return yield* this.observeForeach(visit, operator);
      case "while":
        return yield* this.observeWhile(visit, operator);
      default:
        return undefined;
    }
  }

  private *observeParallel(visit: Visit, operator: ParallelOperator): Pausing<Inside> {
    const { scope, at } = visit;
    const branches = branchScopes(operator, scope);
    const parts = yield* this.observeBranches(branches, at);
    const started = this.records.get(`${at}/tasks`);
    if (started && isFork(this.workflow, scope, operator))
      return { ...this.gather(visit, parts), found: { state: "completed", at: started.at } };
    const overdue = this.records.get(`${at}/overdue`);
    if (overdue)
      return { ...this.gather(visit, parts), found: { state: "completed", at: overdue.at } };
    const hasBegun = started !== undefined || parts.length === 0;
    return this.gather(visit, parts, hasBegun, true, started?.at);
  }

  private *observeChoice(visit: Visit, operator: MultiChoiceOperator): Pausing<Inside> {
    const { scope, at } = visit;
    const decision = this.records.get(`${at}/chosen`);
    const chosen = Array.isArray(decision?.value) ? decision.value.map(String) : [];
    const branches = branchScopes(operator, scope);
    const parts = yield* this.observeBranches(
      branches.filter(({ name }) => chosen.includes(name)),
      at,
    );
    const startedAt = this.records.get(`${at}/tasks`)?.at ?? decision?.at;
    const inside = this.gather(visit, parts, decision !== undefined, true, startedAt);
    const skipped: [string, OperatorState][] = [];
    for (const { name, scope: inner } of decision ? branches : []) {
      if (chosen.includes(name)) continue;
      for (const id of listIds(inner)) skipped.push([id, "skipped"]);
      for (const [id, one] of inner.operators) {
        const path = pathIn({ path: branchPath(at, name) }, id);
        const found = { state: "skipped" as const, at: decision?.at ?? 0 };
        this.addTrace(
          inner,
          { operator: one, key: id, path, trigger: null },
          found,
          true,
          visit.host,
        );
      }
    }
    const { found } = inside;
    const selected = selectedTasks(operator, chosen);
    return {
      ...inside,
      found: found?.state === "completed" ? { ...found, selected } : found,
      inner: [...inside.inner, ...skipped],
      chosen: decision ? chosen : null,
    };
  }

  private *observeForeach(visit: Visit, operator: ForeachOperator): Pausing<Inside> {
    const { scope, at } = visit;
    const items = this.records.get(`${at}/items`);
    const body = bodyScope(operator, scope);
    const total = items?.length ?? null;
    const exists = (index: number) =>
      total === null ? this.records.hasBegun(`${at}[${index}]`) : index < total;
    const rounds: Part[] = [];
    for (let index = 0; exists(index); index++) {
      const path = `${at}[${index}]`;
      const round = operator.parallel
        ? yield* this.observeBranch(body, path)
        : yield* this.observeRound(body, path, visit.host);
      rounds.push(round);
      if (!operator.parallel && !isOver(round)) break;
    }
    const isWhole = total !== null && rounds.length === total;
    const startedAt = this.records.get(`${at}/tasks`)?.at ?? items?.at;
    const inside = this.gather(visit, rounds, items !== undefined, isWhole, startedAt);
    return { ...inside, rounds: { done: rounds.filter(isOver).length, total } };
  }

  private *observeWhile(visit: Visit, operator: WhileOperator): Pausing<Inside> {
    const { scope, at, host } = visit;
    const body = bodyScope(operator, scope);
    const rounds: Part[] = [];
    let decidedAt: number | undefined;
    let isWhole = false;
    for (let index = 0; ; index++) {
      const decision = this.records.get(`${at}/round/${index}`);
      decidedAt = decision?.at ?? decidedAt;
      isWhole = decision?.value === false;
      const path = `${at}[${index}]`;
      if (isWhole || !(decision ?? this.records.hasBegun(path))) break;
      const round = yield* this.observeRound(body, path, host);
      rounds.push(round);
      if (!isOver(round)) break;
    }
    const inside = this.gather(visit, rounds, decidedAt !== undefined, isWhole, decidedAt);
    const done = rounds.filter(isOver).length;
    return { ...inside, rounds: { done, total: isWhole ? done : null } };
  }

  private *observeBranches(
    branches: readonly { name: string; scope: Scope }[],
    at: string,
  ): Pausing<Part[]> {
    const parts: Part[] = [];
    for (const { name, scope } of branches)
      parts.push(yield* this.observeBranch(scope, branchPath(at, name)));
    return parts;
  }

  /** A part that is executed by a separate task. */
  private *observeBranch(scope: Scope, path: string): Pausing<Part> {
    const found = observePart(this.records, path);
    const host = this.records.parts.get(path) ?? null;
    return { found, trace: yield* this.replayScope(scope, path, host) };
  }

  /** A round that the surrounding task executes. */
  private *observeRound(scope: Scope, path: string, host: TaskState | null): Pausing<Part> {
    const trace = yield* this.replayScope(scope, path, host);
    const { state, at } = trace;
    if (trace.isTerminated) return { found: { state: "skipped", at, isTerminal: true }, trace };
    if (state === "open") return { found: { state: trace.isBusy ? "running" : "sleeping" }, trace };
    return { found: state === "failed" ? { state, at, failure: null } : { state, at }, trace };
  }

  /** Combines some parts. The whole has ended once all of them have, and has completed if all of them have. */
  private gather(
    { path, host }: Visit,
    parts: readonly Part[],
    hasBegun = true,
    isWhole = true,
    startedAt = 0,
  ): Inside {
    const inner = parts.flatMap(({ trace }) => trace.inner);
    const isBusy = parts.some(({ trace, found }) => trace.isBusy || found?.state === "running");
    const inside = { rounds: null, inner, isBusy };
    if (this.records.get(path)) return { ...inside, found: observePart(this.records, path) };
    const hasTrace = hasBegun || parts.some(({ found }) => found !== undefined);
    if (!hasTrace) return { ...inside, found: undefined };
    const ends = parts.map(({ found }) => (found && "at" in found ? found.at : 0));
    const at = Math.max(startedAt, ...ends);
    if (parts.some(({ found }) => found && "isTerminal" in found))
      return { ...inside, found: { state: "skipped", at, isTerminal: true } };
    const isGood = parts.every(({ found }) => found?.state === "completed");
    if (isWhole && isGood) return { ...inside, found: { state: "completed", at } };
    // After a part fails, the operator is tried again or fails; both are recorded.
    const open =
      isBusy || host === "running" ? "running" : host === "pending" ? "pending" : "sleeping";
    return { ...inside, found: observeRetry(this.records, path) ?? { state: open } };
  }
}

function isOver({ found }: Part): boolean {
  return found !== undefined && "at" in found;
}
