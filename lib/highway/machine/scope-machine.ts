import { findScope, type Scope } from "../model/scopes.ts";
import type { Operator } from "../model/workflow.ts";
import { isInside, pathOfKey } from "./entry-names.ts";
import { Plan, type Progress } from "./plan.ts";
import { type EndState, isEnd, type OperatorState } from "./states.ts";

/** An operator to execute: on its own, or as the handler of another one. */
export type Start = {
  operator: Operator;
  /**
   * Identifies the execution within the scope: the operator's id; for some handlers, combined with the id of the
   * trigger.
   */
  key: string;
  /** The path in the run. */
  path: string;
  /** For a handler: the execution that it handles. */
  trigger: { start: Start; end: End } | null;
};

/** The end of an execution. */
export type End = {
  state: EndState;
  /** The targets that a router has selected. */
  selected?: readonly string[];
  /** End states of operators inside it, by id. */
  inner?: Iterable<readonly [id: string, state: OperatorState]>;
  /** Whether it ended the whole run: then nothing else of this scope runs. */
  isTerminal?: boolean;
};

/**
 * The semantics of one scope: what starts when, which handlers run, and how operators end that do not run. It does
 * no I/O. The interpreter drives it with the outcomes of effects, the replay with records; both call `advance` for
 * what starts, execute that or look it up, and report each end to `resolve` in the order in which the executions
 * ended.
 */
export class ScopeMachine {
  /** Operators that are running or have ended, by id. */
  readonly states = new Map<string, OperatorState>();
  /** Whether one of its operators has ended the whole run. */
  isTerminated = false;
  /** Failed executions, in the order in which they failed. */
  readonly failures = new Map<string, Start>();
  private readonly selected = new Map<string, readonly string[]>();
  private readonly inner = new Map<string, OperatorState>();
  private readonly handled = new Map<string, Map<string, OperatorState>>();
  private readonly running = new Map<string, Start>();
  /** Pending operators that `advance` checks. */
  private readonly candidates: Set<string>;
  /** Pending operators that need no check yet, by the operator that must end first. */
  private readonly blocked = new Map<string, string[]>();
  private queue: Start[] = [];

  constructor(
    private readonly scope: Scope,
    /** The path of the scope in the run, with rounds and attempts: `each_order[2]`. */
    private readonly base: string,
    /** Whether the operator at a path in the run, or anything inside it, has left a record. */
    private readonly hasBegun: (path: string) => boolean,
    readonly plan: Plan = new Plan(scope),
  ) {
    this.candidates = new Set(scope.operators.keys());
  }

  /** Ends operators that end without running, and returns what starts now, handlers first. */
  advance(): Start[] {
    const starts = this.queue;
    this.queue = [];
    if (this.isTerminated) return [];
    for (;;) {
      const { start, end, blocked } = this.plan.decide(this.listCandidates(), this.progress);
      for (const [id, blocker] of blocked) this.block(id, blocker);
      for (const [id, state] of end) this.setState(id, this.handlerState(id) ?? state);
      let hasEnded = end.size > 0;
      for (const id of start) {
        const operator = this.scope.operators.get(id);
        if (!operator) continue;
        const path = pathOfKey(this.base, id);
        // After a failure nothing new starts, but operators that had started before an interruption continue.
        if (this.failures.size > 0 && !runsAfterFailure(operator) && !this.hasBegun(path)) {
          this.setState(id, "cancelled");
          hasEnded = true;
        } else {
          this.setState(id, "running");
          starts.push(this.launch({ operator, key: id, path, trigger: null }));
        }
      }
      if (hasEnded) continue;
      if (starts.length > 0 || this.running.size > 0 || !this.skipUnreachable()) return starts;
    }
  }

  /** Records the end of an execution. Ends of operators inside it may be noted earlier: see `note`. */
  resolve(key: string, end: End): void {
    const start = this.running.get(key);
    // After the end of the run no other end counts.
    if (!start) return;
    this.running.delete(key);
    const { operator } = start;
    const id = operator.task_id;
    const runs = this.handled.get(id);
    if (runs?.has(key)) runs.set(key, end.state);
    else this.setState(id, end.state);
    if (end.inner) this.note(end.inner);
    if (end.isTerminal) {
      this.terminate();
    } else if (end.state === "completed") {
      if (end.selected) this.selected.set(id, end.selected);
      this.queueHandler(start, end, operator.on_success_task_id);
    } else if (end.state === "failed") {
      this.failures.set(key, start);
      this.queueHandler(start, end, operator.on_failure_task_id);
    }
  }

  /** Notes operators that have ended inside one that is still running. */
  note(inner: Iterable<readonly [id: string, state: OperatorState]>): void {
    for (const [id, state] of inner) this.inner.set(id, state);
  }

  /** Ends the scope at once: unfinished operators are skipped, and no handlers run. */
  terminate(): void {
    this.isTerminated = true;
    this.queue = [];
    this.running.clear();
    for (const id of this.scope.operators.keys())
      if (!isEnd(this.states.get(id))) this.setState(id, this.handlerState(id) ?? "skipped");
  }

  /** Whether every operator has ended and no handler runs. */
  get isOver(): boolean {
    return (
      this.running.size === 0 &&
      this.queue.length === 0 &&
      [...this.scope.operators.keys()].every((id) => isEnd(this.states.get(id)))
    );
  }

  /** Whether some operator of the scope was executed to its end. */
  get hasRun(): boolean {
    const ends = [...this.states.values(), ...this.inner.values()];
    return ends.some((state) => state === "completed" || state === "failed");
  }

  /** End states of operators in the scope and inside them, by id. */
  get ends(): [id: string, state: OperatorState][] {
    return [...this.inner, ...this.states].filter(([, state]) => isEnd(state));
  }

  /**
   * The failure that the scope fails with: the first in the order of the definition. The order in time could
   * differ after an interruption.
   */
  get culprit(): Start | undefined {
    const failures = [...this.failures.values()];
    const ids = new Set(failures.map(({ operator }) => operator.task_id));
    const first = [...this.scope.operators.keys()].find((id) => ids.has(id));
    return failures.find(({ operator }) => operator.task_id === first) ?? failures[0];
  }

  /** The state of a task that a join names; `undefined` if there is no such task. */
  memberState(id: string): OperatorState | undefined {
    return this.plan.memberState(id, this.progress);
  }

  private setState(id: string, state: OperatorState): void {
    this.states.set(id, state);
    this.candidates.delete(id);
    if (!isEnd(state)) return;
    for (const one of this.blocked.get(id) ?? [])
      if (!this.states.has(one)) this.candidates.add(one);
    this.blocked.delete(id);
  }

  private block(id: string, blocker: string): void {
    this.candidates.delete(id);
    const blocked = this.blocked.get(blocker);
    if (blocked) blocked.push(id);
    else this.blocked.set(blocker, [id]);
  }

  /** In the order of the document, which is the order in which they start. */
  private listCandidates(): string[] {
    const places = this.plan.places;
    return [...this.candidates].sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
  }

  private get progress(): Progress {
    const busyHandlers = new Set(
      [...this.handled].flatMap(([id, ends]) => ([...ends.values()].includes("running") ? id : [])),
    );
    const { states, selected, inner } = this;
    return { states, selected, inner, busyHandlers };
  }

  private launch(start: Start): Start {
    this.running.set(start.key, start);
    return start;
  }

  /**
   * Starts a handler, at most once for each operator that names it, because handlers may name each other in a
   * ring. An operator does not handle what runs inside it: that would start it inside itself without end.
   */
  private queueHandler(trigger: Start, end: End, id: string | null): void {
    const operator = id === null ? undefined : findScope(this.scope, id)?.operators.get(id);
    if (!operator || isInside(this.base, operator.task_id)) return;
    const key = handlerKey(this.scope, operator, trigger.operator);
    const runs = this.handled.get(operator.task_id) ?? new Map<string, OperatorState>();
    this.handled.set(operator.task_id, runs);
    if (runs.has(key)) return;
    const path = pathOfKey(this.base, key);
    const isLate = this.failures.size > 0 && end.state === "completed";
    if (isLate && !this.hasBegun(path)) return;
    runs.set(key, "running");
    this.queue.push(this.launch({ operator, key, path, trigger: { start: trigger, end } }));
  }

  private handlerState(id: string): EndState | undefined {
    const ends = [...(this.handled.get(id)?.values() ?? [])].filter(isEnd);
    if (ends.includes("failed")) return "failed";
    return ends.includes("completed") ? "completed" : ends[0];
  }

  /** Skips operators that wait for something that never happens, such as handlers that only name each other. */
  private skipUnreachable(): boolean {
    const open = [...this.scope.operators.keys()].filter((id) => !this.states.has(id));
    for (const id of open) this.setState(id, this.handlerState(id) ?? "skipped");
    return open.length > 0;
  }
}

/** Whether an operator may start although another one has failed. */
function runsAfterFailure(operator: Operator): boolean {
  return (
    operator.operator_type === "join" ||
    ["all_done", "one_success", "one_done"].includes(operator.trigger_rule)
  );
}

/** A handler's id if it runs for one operator only, otherwise its id and the trigger's, one per line. */
function handlerKey(scope: Scope, handler: Operator, trigger: Operator): string {
  const id = handler.task_id;
  const users = [...scope.operators.values()].filter(
    (one) => one.on_success_task_id === id || one.on_failure_task_id === id,
  );
  const isOnlyUser = users.length === 1 && users[0]?.task_id === trigger.task_id;
  const runsByItself = scope.start === id || trigger.task_id === id;
  return isOnlyUser && !runsByItself ? id : `${id}\n${trigger.task_id}`;
}
