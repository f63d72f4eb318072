import type { JsonObject } from "../../model/json.ts";
import { checkName, checkVersion } from "../model/checks/check-head.ts";
import { validateWorkflow } from "../model/checks/validate.ts";
import type { Duration } from "../model/duration.ts";
import { normaliseInstant } from "../model/instant.ts";
import { formatProblem, hasErrors, type Problem } from "../model/problem.ts";
import type { JoinMode } from "../model/vocabulary.ts";
import { parseWaitFor } from "../model/wait-for.ts";
import type { Operator, Workflow } from "../model/workflow.ts";
import {
  baseFields,
  type CallOptions,
  type OperatorOptions,
  type RetryOptions,
  type TimeoutOptions,
  toIso,
  toRetryPolicy,
  toTimeoutPolicy,
  WorkflowBuildError,
} from "./options.ts";
import { checkHandlers, depend, emptyWorkflow } from "./parts.ts";

/** Adds the operators of a branch or body to the builder it is given. */
export type BuildPart = (builder: WorkflowBuilder) => unknown;

/**
 * Builds a workflow call by call. Each operator depends on the one added before, unless it is given dependencies, is a
 * `root`, or is named as a handler by one added before. Chaining, ids of parts and messages are those of the Python
 * package 2.0.2. All methods but `build` return the builder.
 */
export class WorkflowBuilder {
  private readonly workflow: Workflow;
  private current: Operator | undefined;

  /** @throws WorkflowBuildError for a name or version that workflows cannot have. */
  constructor(name: string, options: { version?: string; existing?: Workflow } = {}) {
    const { version = "2.0.0" } = options;
    const refusal = checkName(name) ?? checkVersion(version);
    if (refusal) throw new WorkflowBuildError(refusal);
    this.workflow = options.existing ?? emptyWorkflow(name, version);
    this.current = Object.values(this.workflow.tasks).at(-1);
  }

  task(id: string, fn: string, options: CallOptions = {}): this {
    const { args = [], kwargs = {} } = options;
    const own = { function: fn, args, kwargs };
    return this.add("task", id, own, options, ["args", "kwargs"]);
  }

  /** A task that takes long: it runs as an Absurd task of its own. */
  activity(id: string, fn: string, options: CallOptions = {}): this {
    const { args = [], kwargs = {} } = options;
    const own = { function: fn, args, kwargs };
    return this.add("activity", id, own, options, ["args", "kwargs"]);
  }

  /** The condition and both branches; a branch that is left out leads nowhere. */
  condition(
    id: string,
    expression: string,
    ifTrue: BuildPart | null,
    ifFalse: BuildPart | null = null,
    options: OperatorOptions = {},
  ): this {
    const [whenTrue, whenFalse] = [part(`${id}_true`, ifTrue), part(`${id}_false`, ifFalse)];
    const own = {
      condition: expression,
      if_true: whenTrue[0]?.task_id ?? null,
      if_false: whenFalse[0]?.task_id ?? null,
    };
    this.add("condition", id, own, options);
    for (const operator of [...whenTrue, ...whenFalse]) {
      depend(operator, id);
      this.put(operator);
    }
    return this;
  }

  /** Waits for a length of time, until an instant, or what a template says. */
  wait(
    id: string,
    waitFor: Duration | Date | string | number,
    options: OperatorOptions = {},
  ): this {
    const value =
      waitFor instanceof Date
        ? normaliseInstant(waitFor.toISOString())
        : typeof waitFor === "object"
          ? toIso(waitFor)
          : waitFor;
    const parsed = parseWaitFor(value);
    if (!parsed) throw new WorkflowBuildError(`'${value}' is not a duration.`);
    return this.add("wait", id, { wait_for: parsed.text }, options);
  }

  /** Branches that run beside each other; their operators are not visible outside. */
  parallel(
    id: string,
    branches: Record<string, BuildPart>,
    options: OperatorOptions & { timeout?: number } = {},
  ): this {
    const built = Object.entries(branches).map(([name, build]): [string, Workflow] => {
      const builder = new WorkflowBuilder(`${id}_${name.toLowerCase()}`);
      build(builder);
      return [name, builder.workflow];
    });
    const ids = built.map(([name, { tasks }]): [string, string[]] => [name, Object.keys(tasks)]);
    const own = {
      branches: Object.fromEntries(ids),
      branch_workflows: Object.fromEntries(built),
      timeout: options.timeout ?? null,
    };
    return this.add("parallel", id, own, options, ["timeout"]);
  }

  /** The body once for each item of what the template `items` yields. */
  foreach(
    id: string,
    items: string,
    body: BuildPart,
    options: OperatorOptions & { parallel?: boolean } = {},
  ): this {
    const loop_body = part(`${id}_loop`, body);
    const own = { items, loop_body, parallel: options.parallel ?? false };
    return this.add("foreach", id, own, options, ["parallel"]).addBody(id, loop_body);
  }

  /** The body again and again while the expression holds. */
  whileLoop(id: string, expression: string, body: BuildPart, options: OperatorOptions = {}): this {
    const loop_body = part(`${id}_loop`, body);
    return this.add("while", id, { condition: expression, loop_body }, options).addBody(
      id,
      loop_body,
    );
  }

  emitEvent(
    id: string,
    name: string,
    options: OperatorOptions & { payload?: JsonObject } = {},
  ): this {
    const own = { event_name: name, payload: options.payload ?? {} };
    return this.add("emit_event", id, own, options, ["payload"]);
  }

  waitForEvent(
    id: string,
    name: string,
    options: OperatorOptions & { timeoutSeconds?: number } = {},
  ): this {
    const own = { event_name: name, timeout_seconds: options.timeoutSeconds ?? null };
    return this.add("wait_for_event", id, own, options, ["timeoutSeconds"]);
  }

  /** Leads to the task whose case the value equals; the tasks themselves are added separately. */
  switch(
    id: string,
    expression: string,
    cases: Record<string, string>,
    options: OperatorOptions & { default?: string } = {},
  ): this {
    const own = { switch_on: expression, cases: { ...cases }, default: options.default ?? null };
    return this.add("switch", id, own, options, ["default"]);
  }

  join(id: string, tasks: readonly string[], mode: JoinMode, options: OperatorOptions = {}): this {
    return this.add("join", id, { join_tasks: [...tasks], join_mode: mode }, options);
  }

  /** Lets the task or activity added last be tried again. @throws WorkflowBuildError after anything else. */
  retry(options: RetryOptions = {}): this {
    this.callAdded("retry").retry_policy = toRetryPolicy(options);
    return this;
  }

  /** Limits each attempt of the task or activity added last. @throws WorkflowBuildError after anything else. */
  timeout(timeout: TimeoutOptions["timeout"], options: { killOnTimeout?: boolean } = {}): this {
    this.callAdded("timeout").timeout_policy = toTimeoutPolicy({ timeout, ...options });
    return this;
  }

  /** Names what runs when the operator added last succeeds. */
  onSuccess(id: string): this {
    this.added("onSuccess").on_success_task_id = id;
    return this;
  }

  /** Names what runs when the operator added last has failed for good. */
  onFailure(id: string): this {
    this.added("onFailure").on_failure_task_id = id;
    return this;
  }

  /** Sets what the workflow says of itself, beside its name and tasks. */
  set(
    fields: Partial<Omit<Workflow, "name" | "tasks" | "default_retry_policy" | "start_date">>,
  ): this {
    Object.assign(this.workflow, fields);
    return this;
  }

  setStartDate(date: Date | string): this {
    const text = date instanceof Date ? date.toISOString() : date;
    const normal = normaliseInstant(text);
    if (normal === undefined) throw new WorkflowBuildError(`'${text}' is not a date.`);
    this.workflow.start_date = normal;
    return this;
  }

  setDefaultRetryPolicy(options: RetryOptions): this {
    this.workflow.default_retry_policy = toRetryPolicy(options);
    return this;
  }

  addTags(...tags: string[]): this {
    this.workflow.tags.push(...tags);
    return this;
  }

  /**
   * The workflow; it starts at the operator added first unless `start_task` was set. Warnings go to `onWarning`. With
   * `check: false` only handlers are checked, as the package does.
   *
   * @throws WorkflowBuildError when there are errors.
   */
  build(options: { check?: boolean; onWarning?: (problem: Problem) => void } = {}): Workflow {
    const { tasks } = this.workflow;
    const refusal = checkHandlers(tasks);
    if (refusal) throw new WorkflowBuildError(refusal);
    this.workflow.start_task ??= Object.keys(tasks)[0] ?? null;
    if (options.check === false) return this.workflow;
    const problems = validateWorkflow(this.workflow);
    if (hasErrors(problems)) throw new WorkflowBuildError(problems.map(formatProblem).join("\n"));
    for (const problem of problems) options.onWarning?.(problem);
    return this.workflow;
  }

  /** The operators added so far, in order. */
  get operators(): Operator[] {
    return Object.values(this.workflow.tasks);
  }

  private add(
    type: Operator["operator_type"],
    id: string,
    own: object,
    options: OperatorOptions,
    ownOptions: readonly string[] = [],
  ): this {
    const base = baseFields(options, ownOptions);
    const given = options.dependencies ?? [];
    const isHandler = this.operators.some(
      (one) => one.on_success_task_id === id || one.on_failure_task_id === id,
    );
    const isChained = given.length === 0 && !isHandler && !options.root;
    const dependencies = isChained && this.current ? [this.current.task_id] : [...new Set(given)];
    this.current = {
      task_id: id,
      operator_type: type,
      dependencies: dependencies.sort(),
      ...base,
      ...own,
    } as Operator;
    this.put(this.current);
    return this;
  }

  private put(operator: Operator): void {
    this.workflow.tasks[operator.task_id] = operator;
  }

  /** The body's operators are the same objects in the loop and beside it. */
  private addBody(loop: string, body: Operator[]): this {
    for (const [index, operator] of body.entries()) {
      operator.is_internal_loop_task = true;
      if (index === 0) depend(operator, loop);
      this.put(operator);
    }
    return this;
  }

  private added(method: string): Operator {
    if (!this.current) throw new WorkflowBuildError(`${method}() needs an operator before it.`);
    return this.current;
  }

  private callAdded(method: string): Operator {
    const operator = this.added(method);
    if (operator.operator_type === "task" || operator.operator_type === "activity") return operator;
    throw new WorkflowBuildError(
      `${method}() applies to tasks and activities; '${operator.task_id}' is a ${operator.operator_type}.`,
    );
  }
}

function part(name: string, build: BuildPart | null): Operator[] {
  const builder = new WorkflowBuilder(name);
  build?.(builder);
  return builder.operators;
}
