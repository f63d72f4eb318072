import type { TaskState } from "../../model/states.ts";
import { behindIn } from "../model/reach.ts";
import { findScope, pathIn, type Scope } from "../model/scopes.ts";
import { isRouter, type Operator } from "../model/workflow.ts";
import { bearsFailure, handlerKey, pathOfKey } from "../run/handlers.ts";
import { isEnd, type OperatorState, type Plan } from "../run/plan.ts";
import { type Look, lookAtFailure, lookAtLeaf } from "./look.ts";
import { lookInside } from "./look-inside.ts";
import { close, type OperatorTrace, type Replay, type ScopeTrace } from "./trace.ts";

/** Replays one scope of a run whose path there is `base`, executed by a task in the state `host`. */
export function replayScope(
  replay: Replay,
  scope: Scope,
  base: string,
  host: TaskState | null,
): ScopeTrace {
  return new ScopeReplay(replay, scope, base, host).finish();
}

type Ended = { operator: Operator; key: string; look: Look & { at: number }; trace: OperatorTrace };

/** The same steps as those of the interpreter's runner, with what was recorded in place of what operators do. */
class ScopeReplay {
  private readonly plan: Plan;
  private readonly states = new Map<string, OperatorState>();
  private readonly selected = new Map<string, string | null>();
  private readonly inner = new Map<string, OperatorState>();
  private readonly handled = new Map<string, Map<string, OperatorState>>();
  private readonly ended: Ended[] = [];
  private readonly failures = new Map<string, OperatorTrace>();
  private at = 0;
  private isBusy = false;

  constructor(
    private readonly replay: Replay,
    private readonly scope: Scope,
    private readonly base: string,
    private readonly host: TaskState | null,
  ) {
    this.plan = replay.planOf(scope);
  }

  finish(): ScopeTrace {
    for (;;) {
      if (this.advance()) continue;
      // What ended first decided what else began.
      this.ended.sort((a, b) => b.look.at - a.look.at);
      const next = this.ended.pop();
      if (!next) break;
      this.end(next);
    }
    for (const [id, operator] of this.scope.operators)
      if (!this.states.has(id)) this.note(operator, id, { state: "pending" }, true);
    const isOver =
      [...this.scope.operators.keys()].every((id) => isEnd(this.states.get(id))) &&
      [...this.handled.values()].every((ends) => ![...ends.values()].includes("running"));
    const state = !isOver ? "open" : this.failures.size > 0 ? "failed" : "completed";
    return {
      state,
      at: this.at,
      inner: [...this.inner, ...this.states].filter(([, one]) => isEnd(one)),
      isBusy: this.isBusy,
    };
  }

  private advance(): boolean {
    const { states, selected, inner } = this;
    const busyHandlers = new Set(
      [...this.handled].flatMap(([id, ends]) => ([...ends.values()].includes("running") ? id : [])),
    );
    const { start, settle } = this.plan.decide({ states, selected, inner, busyHandlers });
    for (const [id, state] of settle) {
      const ends = [...(this.handled.get(id)?.values() ?? [])];
      const own = ends.length === 0 ? state : ends.includes("failed") ? "failed" : "completed";
      this.settle(id, own, ends.length > 0);
    }
    let isSettled = settle.size > 0;
    for (const id of start) {
      const operator = this.scope.operators.get(id);
      if (!operator) continue;
      if (this.failures.size > 0 && !bearsFailure(operator) && !this.hasBegun(id)) {
        this.settle(id, "cancelled", false);
        isSettled = true;
      } else {
        this.states.set(id, "running");
        this.launch(operator, id);
      }
    }
    return isSettled;
  }

  /** Decides an operator that did not run; one that ran as a handler has a trace already. */
  private settle(id: string, state: OperatorState, ran: boolean): void {
    const operator = this.scope.operators.get(id);
    this.states.set(id, state);
    if (operator && !ran && isEnd(state))
      this.note(operator, id, { state, at: this.at } as Look, true);
  }

  private launch(operator: Operator, key: string): void {
    const path = pathOfKey(this.base, key);
    const { book } = this.replay;
    const inside = lookInside(this.replay, this.scope, operator, path, this.host);
    for (const [id, state] of inside?.inner ?? []) this.inner.set(id, state);
    this.isBusy ||= inside?.isBusy ?? false;
    const known = lookAtFailure(book, path) ?? inside?.look ?? lookAtLeaf(book, operator, path);
    const look = known ?? this.guess(operator, key);
    if (inside && look.state === "failed")
      for (const inner of this.replay.inside(path)) close(inner, "cancelled");
    const trace = this.note(operator, key, look, known === undefined || inside !== undefined);
    trace.rounds = inside?.rounds ?? null;
    this.isBusy ||= look.state === "running";
    if ("at" in look) this.ended.push({ operator, key, look, trace });
  }

  /** An operator that could begin, and of which nothing is recorded: only its end would be. */
  private guess(operator: Operator, key: string): Look {
    const { book } = this.replay;
    if (!book.records.isComplete && this.isPassed(operator, key))
      return { state: "completed", at: this.at };
    if (this.host === "running") return { state: "running" };
    const waits = operator.operator_type.startsWith("wait");
    return { state: this.host === "sleeping" && waits ? "sleeping" : "pending" };
  }

  /** Where records have gaps: something that comes after it has begun. */
  private isPassed(operator: Operator, key: string): boolean {
    const behind = behindIn(this.scope)(operator.task_id);
    return key === operator.task_id && [...behind].some((id) => this.hasBegun(id));
  }

  private end({ operator, key, look, trace }: Ended): void {
    const id = operator.task_id;
    const isHandler = key !== id || this.handled.has(id);
    const state = look.state as OperatorState;
    this.at = Math.max(this.at, look.at);
    if (isHandler) this.handled.get(id)?.set(key, state);
    else this.states.set(id, state);
    if (look.state === "completed") {
      if (isRouter(operator)) {
        trace.chosen = this.targetOf(operator, look.selected);
        this.selected.set(id, trace.chosen);
      }
      const handles = this.failures.get(key.slice(key.indexOf("\n") + 1)) ?? this.failureOf(id);
      if (isHandler && handles) handles.isHandled = true;
      this.handle(operator, key, operator.on_success_task_id);
    } else if (look.state === "failed") {
      this.failures.set(key, trace);
      this.handle(operator, key, operator.on_failure_task_id);
    }
  }

  private failureOf(handler: string): OperatorTrace | undefined {
    const [key] =
      [...this.failures].find(([id]) => this.named(id)?.on_failure_task_id === handler) ?? [];
    return key === undefined ? undefined : this.failures.get(key);
  }

  private named(key: string): Operator | undefined {
    return this.scope.operators.get(key.split("\n")[0] ?? "");
  }

  private targetOf(router: Operator, selected: string | null | undefined): string | null {
    if (selected !== undefined && (this.replay.book.records.isComplete || this.hasTaken(selected)))
      return selected;
    const ways = this.plan.targetsOf(router.task_id);
    return ways.find((id) => this.hasBegun(id)) ?? selected ?? null;
  }

  private hasTaken(id: string | null): boolean {
    return id !== null && this.hasBegun(id);
  }

  private handle(operator: Operator, key: string, id: string | null): void {
    const handler = id === null ? undefined : findScope(this.scope, id)?.operators.get(id);
    if (id === null || !handler) return;
    const own = handlerKey(this.scope, handler, operator, key);
    const ends = this.handled.get(id) ?? new Map<string, OperatorState>();
    this.handled.set(id, ends);
    if (ends.has(own)) return;
    const isLate = this.failures.size > 0 && !this.failures.has(key);
    if (isLate && !this.replay.book.hasBegun(pathOfKey(this.base, own))) return;
    ends.set(own, "running");
    this.launch(handler, own);
  }

  private hasBegun(id: string): boolean {
    return this.replay.book.hasBegun(pathIn({ path: this.base }, id));
  }

  private note(operator: Operator, key: string, look: Look, inferred: boolean): OperatorTrace {
    const home = findScope(this.scope, operator.task_id) ?? this.scope;
    const instance = pathOfKey(this.base, key);
    const trace: OperatorTrace = {
      path: pathIn(home, operator.task_id),
      instance,
      state: look.state,
      inferred,
      attempts: this.replay.book.attemptAt(instance),
      rounds: null,
      chosen: null,
      failure: look.state === "failed" ? look.failure : null,
      isHandled: false,
      isSuperseded: false,
      host: this.host,
    };
    this.replay.add(trace);
    return trace;
  }
}
