import type { Json } from "../../model/json.ts";
import { findScope, type Scope } from "../model/scopes.ts";
import { isRouter, type Operator } from "../model/workflow.ts";
import type { Context } from "./context.ts";
import { bearsFailure, handlerKey, pathOfKey } from "./handlers.ts";
import { runOperator } from "./operators.ts";
import type { Blocked, Ended, Failure, Outcome, ScopeEnd, States, Wait } from "./outcome.ts";
import { type OperatorState, Plan, type Progress } from "./plan.ts";
import type { Run } from "./run.ts";

/** An operator that is to run: by itself, or as the handler of another. */
type Start = { operator: Operator; key: string; context: Context };

/**
 * Runs the operators of one scope, those that are ready beside each other, until all have ended or nothing can go on
 * before some wait is over. After a failure nothing new begins but what is meant for it: failure handlers, joins, and
 * operators whose rule bears failures; and what had begun before an interruption.
 *
 * @param base the path of the scope in this run, with rounds and attempts: `each_order[2]`
 */
export async function runScope(
  run: Run,
  scope: Scope,
  base: string,
  context: Context,
): Promise<ScopeEnd | Blocked> {
  return new ScopeRunner(run, scope, base, context).finish();
}

class ScopeRunner {
  private readonly plan: Plan;
  private readonly states = new Map<string, OperatorState>();
  private readonly selected = new Map<string, string | null>();
  private readonly inner = new Map<string, OperatorState>();
  private readonly innerStates: States = {};
  private readonly values = new Map<string, Json>();
  private readonly running = new Map<string, Promise<{ start: Start; outcome: Outcome }>>();
  private readonly handled = new Map<string, Map<string, OperatorState>>();
  private readonly waits: Wait[] = [];
  private readonly failures = new Map<string, Failure>();

  constructor(
    private readonly run: Run,
    private readonly scope: Scope,
    private readonly base: string,
    private readonly context: Context,
  ) {
    this.plan = new Plan(scope);
  }

  async finish(): Promise<ScopeEnd | Blocked> {
    for (;;) {
      if (this.advance()) continue;
      if (this.running.size === 0) break;
      const { start, outcome } = await Promise.race(this.running.values());
      this.running.delete(start.key);
      if (outcome.state === "blocked") this.waits.push(...outcome.waits);
      else this.end(start, outcome);
    }
    if (this.waits.length > 0) return { state: "blocked", waits: this.waits };
    return this.result();
  }

  /** Starts and settles what can be; says whether anything was settled, which may decide more. */
  private advance(): boolean {
    const { start, settle } = this.plan.decide(this.progress());
    let isSettled = settle.size > 0;
    for (const [id, state] of settle) this.states.set(id, this.handlerState(id) ?? state);
    for (const id of start) {
      const operator = this.scope.operators.get(id);
      if (!operator) continue;
      if (
        this.failures.size > 0 &&
        !bearsFailure(operator) &&
        !this.run.journal.hasBegun(this.pathOf(id))
      ) {
        this.states.set(id, "cancelled");
        isSettled = true;
        continue;
      }
      this.states.set(id, "running");
      this.launch({ operator, key: id, context: this.context });
    }
    return isSettled;
  }

  private progress(): Progress {
    const busyHandlers = new Set(
      [...this.handled].flatMap(([id, ends]) => ([...ends.values()].includes("running") ? id : [])),
    );
    const { states, selected, inner } = this;
    return { states, selected, inner, busyHandlers };
  }

  private launch(start: Start): void {
    const path = this.pathOf(start.key);
    const stateOf = (id: string) => this.plan.memberState(id, this.progress());
    const outcome = runOperator(this.run, start.operator, this.scope, path, start.context, stateOf);
    const promise = outcome.then((ended) => ({ start, outcome: ended }));
    // The first failure ends the execution; those that follow it would otherwise end the process.
    promise.catch(() => {});
    this.running.set(start.key, promise);
  }

  private end({ operator, key, context }: Start, outcome: Ended): void {
    const id = operator.task_id;
    const isHandler = key !== id || this.handled.has(id);
    if (isHandler) this.handled.get(id)?.set(key, outcome.state);
    else this.states.set(id, outcome.state);
    if (!this.scope.operators.has(id)) this.innerStates[this.pathOf(key)] = outcome.state;
    for (const [path, state] of Object.entries(outcome.inner ?? {})) {
      this.innerStates[path] = state;
      this.inner.set(decodeURIComponent(path.split("/").at(-1) ?? ""), state);
    }
    if (outcome.names) this.context.adopt(outcome.names);
    if (outcome.state === "completed") {
      this.values.set(id, outcome.value);
      // What a handler yields is for those after it, too, so it is not kept in the handler's own context.
      this.context.publish(operator, outcome.value);
      if (isRouter(operator)) this.selected.set(id, outcome.selected ?? null);
      this.handle(operator, key, operator.on_success_task_id, context.inside());
      return;
    }
    this.failures.set(id, outcome.error);
    const { message } = outcome.error;
    const about = context.inside({ failed_task_id: id, error_message: message });
    this.handle(operator, key, operator.on_failure_task_id, about);
  }

  /** Starts a handler for an operator that ended, once. */
  private handle(operator: Operator, key: string, id: string | null, context: Context): void {
    const home = id === null ? null : findScope(this.scope, id);
    const handler = id === null ? undefined : home?.operators.get(id);
    if (id === null || !handler) return;
    const own = handlerKey(this.scope, handler, operator, key);
    const ends = this.handled.get(id) ?? new Map<string, OperatorState>();
    this.handled.set(id, ends);
    if (ends.has(own)) return;
    const isForSuccess = operator.on_success_task_id === id && this.values.has(operator.task_id);
    const isLate = this.failures.size > 0 && isForSuccess;
    if (isLate && !this.run.journal.hasBegun(this.pathOf(own))) return;
    ends.set(own, "running");
    this.launch({ operator: handler, key: own, context });
  }

  private handlerState(id: string): OperatorState | undefined {
    const ends = [...(this.handled.get(id)?.values() ?? [])];
    if (ends.length === 0) return undefined;
    return ends.includes("failed") ? "failed" : "completed";
  }

  private pathOf(key: string): string {
    return pathOfKey(this.base, key);
  }

  private result(): ScopeEnd {
    const states: States = { ...this.innerStates };
    for (const [id, state] of this.states) states[this.pathOf(id)] = state;
    const names = this.context.own();
    // The first in the order of the definition: the order of time would not survive an interruption.
    const culprit = [...this.scope.operators.keys(), ...this.failures.keys()].find((id) =>
      this.failures.has(id),
    );
    const failure = culprit === undefined ? undefined : this.failures.get(culprit);
    if (culprit !== undefined && failure)
      return { state: "failed", error: { ...failure, task: culprit }, states, names };
    const last = this.plan.lastOf(this.values.keys());
    const value = last === undefined ? null : (this.values.get(last) ?? null);
    return { state: "completed", value, states, names };
  }
}
