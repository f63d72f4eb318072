import type { Json } from "../../model/json.ts";
import { workAtOnce } from "../../model/work/turns.ts";
import { pathOfKey } from "../machine/entry-names.ts";
import { ScopeMachine, type Start } from "../machine/scope-machine.ts";
import type { Failure, States } from "../machine/states.ts";
import { findHome, pathIn, type Scope } from "../model/scopes.ts";
import type { Context } from "./context.ts";
import { RunEnded, toEnding } from "./ending.ts";
import { runOperator } from "./operators/operators.ts";
import type { Blocked, Ended, Outcome, ScopeEnd, Terminated, Wait } from "./outcome.ts";
import type { Run } from "./run.ts";

/**
 * Runs the operators of one scope concurrently until all have ended, or nothing can continue before some wait is
 * over. The scope machine decides; this drives it with effects. Recorded ends are reported to the machine in the
 * order of their records, before those of this execution, so that an interruption changes no decision.
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

type Execution = {
  start: Start;
  context: Context;
  /** When it ended, in milliseconds, if that is recorded. */
  endedAt: number | undefined;
  outcome: Promise<{ key: string; outcome: Outcome }>;
};

class ScopeRunner {
  private readonly machine: ScopeMachine;
  private readonly running = new Map<string, Execution>();
  private readonly contexts = new Map<string, Context>();
  private readonly failures = new Map<string, Failure>();
  private readonly values = new Map<string, Json>();
  private readonly innerStates: States = {};
  private readonly waits: Wait[] = [];

  constructor(
    private readonly run: Run,
    private readonly scope: Scope,
    private readonly base: string,
    private readonly context: Context,
  ) {
    const hasBegun = (path: string) => run.journal.records.hasBegun(path);
    this.machine = new ScopeMachine(scope, base, hasBegun, run.replay.getPlan(scope));
  }

  async finish(): Promise<ScopeEnd | Blocked> {
    for (;;) {
      for (const start of this.machine.advance()) this.launch(start);
      if (this.running.size === 0) break;
      const { key, outcome } = await this.next();
      const execution = this.running.get(key);
      this.running.delete(key);
      if (outcome.state === "blocked") this.waits.push(...outcome.waits);
      else if (outcome.state === "terminated") return this.terminate(key, outcome);
      else if (execution) this.end(execution, outcome);
    }
    this.observe();
    if (this.waits.length > 0) return { state: "blocked", waits: this.waits };
    return this.result();
  }

  private observe(): void {
    const { base, scope, machine } = this;
    const { workflowRunId, now } = this.run;
    this.run.observe?.({ workflowRunId, base, scope, machine, now });
  }

  private launch(start: Start): void {
    const { operator, key, path, trigger } = start;
    const context = trigger ? this.handlerContext(trigger.start) : this.context;
    const { found } = workAtOnce(this.run.replay.observe(this.scope, operator, path, "running"));
    const endedAt = found && "at" in found ? found.at : undefined;
    const stateOf = (id: string) => this.machine.memberState(id);
    // Parts of a handler of a surrounding scope belong to that scope.
    const home = findHome(this.scope, operator);
    const outcome = runOperator(this.run, operator, home, path, context, stateOf).then((ended) => ({
      key,
      outcome: ended,
    }));
    // The first rejection ends the execution; without handlers, later ones would end the process.
    outcome.catch(() => {});
    this.contexts.set(key, context);
    this.running.set(key, { start, context, endedAt, outcome });
  }

  /** The next outcome: the one with the earliest record, otherwise the first to arrive. */
  private next(): Promise<{ key: string; outcome: Outcome }> {
    const executions = [...this.running.values()];
    const recorded = executions.filter(({ endedAt }) => endedAt !== undefined);
    recorded.sort((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0));
    return recorded[0]?.outcome ?? Promise.race(executions.map(({ outcome }) => outcome));
  }

  private end({ start: { operator, key, path }, context }: Execution, outcome: Ended): void {
    const id = operator.task_id;
    if (!this.scope.operators.has(id)) this.innerStates[path] = outcome.state;
    Object.assign(this.innerStates, outcome.inner);
    if (outcome.names) this.context.adopt(outcome.names);
    if (outcome.state === "completed") {
      this.values.set(id, outcome.value);
      // A handler's value is visible to later operators too, so it is not kept in the handler's own context.
      context.publish(operator, outcome.value);
    } else this.failures.set(key, outcome.error);
    this.machine.resolve(key, {
      state: outcome.state,
      ...(outcome.state === "completed" && outcome.selected && { selected: outcome.selected }),
      inner: Object.entries(outcome.inner ?? {}).map(([at, state]) => [getId(at), state]),
    });
  }

  /** Leaves the scope at once; functions that still run in it receive an abort signal. */
  private terminate(key: string, { by }: Terminated): ScopeEnd {
    const { base, machine } = this;
    const isOwn = pathOfKey(base, key) === by.operator;
    machine.resolve(key, { state: isOwn ? "completed" : "skipped", isTerminal: true });
    this.observe();
    this.run.stop(new RunEnded(toEnding(by)));
    return { state: "terminated", by, states: this.states(), names: this.context.own() };
  }

  private states(): States {
    const states: States = { ...this.innerStates };
    for (const [id, state] of this.machine.states) states[this.getPath(id)] = state;
    return states;
  }

  private handlerContext(trigger: Start): Context {
    const outer = this.contexts.get(trigger.key) ?? this.context;
    const failure = this.failures.get(trigger.key);
    if (!failure) return outer.inside();
    return outer.inside({
      failed_task_id: trigger.operator.task_id,
      error_message: failure.message,
    });
  }

  private result(): ScopeEnd {
    const { machine } = this;
    const states = this.states();
    const names = this.context.own();
    const { culprit } = machine;
    const failure = culprit && this.failures.get(culprit.key);
    if (culprit && failure) {
      const error = { ...failure, task: culprit.operator.task_id };
      return { state: "failed", error, states, names };
    }
    // A branch or a body may be empty, but a run that does nothing is not a success.
    const isEmpty = this.scope.operators.size === 0;
    if (!machine.hasRun && !(isEmpty && this.scope.outer)) {
      const message = isEmpty ? "The workflow has no operators." : "No operator could start.";
      return { state: "failed", error: { type: "NothingRan", message }, states, names };
    }
    const last = machine.plan.findDeepest(this.values.keys());
    const value = last === undefined ? null : (this.values.get(last) ?? null);
    return { state: "completed", value, states, names };
  }

  private getPath(id: string): string {
    return pathIn({ path: this.base }, id);
  }
}

/** The id at the end of a path. */
function getId(path: string): string {
  return decodeURIComponent(path.split("/").at(-1) ?? "");
}
