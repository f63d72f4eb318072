import type { Json, JsonObject } from "../../model/json.ts";
import {
  fromEntries,
  listEntries,
  listKeys,
  listValues,
  setMember,
} from "../language/key-order.ts";
import { validateWorkflow } from "../model/checks/validate.ts";
import { compareCodePoints } from "../model/code-points.ts";
import type { Duration } from "../model/duration.ts";
import { normaliseInstant } from "../model/instant.ts";
import { checkName, checkVersion } from "../model/names.ts";
import { formatProblem, hasErrors, type Problem } from "../model/problem.ts";
import { parseWaitFor } from "../model/wait-for.ts";
import {
  DEADLINE_ACTIONS,
  type DeadlineAction,
  type Guard,
  type GuardCheck,
  isCall,
  type JoinMode,
  type Operator,
  type Workflow,
} from "../model/workflow.ts";
import {
  baseFields,
  type CallOptions,
  type ChildrenOptions,
  type ChoiceOptions,
  NoEffectError,
  type OperatorOptions,
  type ParallelOptions,
  type ParallelWithJoinOptions,
  type ReflexiveOptions,
  type RetryOptions,
  type TerminateOptions,
  type TimeoutOptions,
  toGuard,
  toIso,
  toRetryPolicy,
  toTimeoutPolicy,
  WorkflowBuildError,
} from "./options.ts";

/** Adds the operators of a branch or body to the given builder. */
export type BuildPart = (builder: WorkflowBuilder) => unknown;

export type BuilderOptions = {
  /** `2.0.0` by default. */
  version?: string;
  /** Limits a whole run. */
  deadlineSeconds?: number;
  /** How a run that exceeds the deadline ends; `fail` by default. */
  deadlineAction?: DeadlineAction;
  /** A workflow to extend. It cannot be combined with the other options. */
  existing?: Workflow;
};

/**
 * Builds a workflow call by call. Each operator depends on the one added before, unless its dependencies are given
 * (an empty list means none), it is a `root`, or an earlier operator names it as a handler. Chaining, ids of parts
 * and messages match the Python package 2.2.0. All methods except `build` return the builder.
 */
export class WorkflowBuilder {
  private readonly workflow: Workflow;
  private current: Operator | undefined;

  /** @throws WorkflowBuildError for a name, version or deadline that workflows cannot have. */
  constructor(name: string, options: BuilderOptions = {}) {
    const { version = "2.0.0", existing, deadlineAction, deadlineSeconds } = options;
    const refusal = checkName(name) ?? checkVersion(version) ?? checkDeadline(options);
    if (refusal) throw new WorkflowBuildError(refusal);
    if (existing && Object.keys(options).length > 1)
      throw new WorkflowBuildError(
        "An existing workflow keeps its version and deadline; use set().",
      );
    this.workflow = existing ?? {
      ...emptyWorkflow(name, version),
      deadline_seconds: deadlineSeconds ?? null,
      deadline_action: deadlineAction ?? "fail",
    };
    this.current = this.operators.at(-1);
  }

  task(id: string, fn: string, options: CallOptions = {}): this {
    const { args = [], kwargs = {} } = options;
    const own = { function: fn, args, kwargs };
    return this.add("task", id, own, options, ["args", "kwargs"]);
  }

  /** A long-running task: it runs as a separate Absurd task. */
  activity(id: string, fn: string, options: CallOptions = {}): this {
    const { args = [], kwargs = {} } = options;
    const own = { function: fn, args, kwargs };
    return this.add("activity", id, own, options, ["args", "kwargs"]);
  }

  /** A condition and the operators of both branches; either branch may be omitted. */
  condition(
    id: string,
    expression: string,
    ifTrue: BuildPart | null,
    ifFalse: BuildPart | null = null,
    options: OperatorOptions = {},
  ): this {
    const [whenTrue, whenFalse] = [
      buildPart(`${id}_true`, ifTrue),
      buildPart(`${id}_false`, ifFalse),
    ];
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

  /** Waits for a duration, until an instant, or for the value of a template. */
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

  /** Branches that run concurrently; their operators are not visible outside. */
  parallel(id: string, branches: Record<string, BuildPart>, options: ParallelOptions = {}): this {
    const built = WorkflowBuilder.buildBranches(id, branches);
    const ids = built.map(([name, { tasks }]): [string, string[]] => [name, [...listKeys(tasks)]]);
    const own = {
      branches: fromEntries(ids),
      branch_workflows: fromEntries(built),
      timeout: options.timeout ?? null,
    };
    return this.add("parallel", id, own, options, ["timeout"]);
  }

  /**
   * A parallel that only starts its branches, and a task `<id>_join` that waits for them. The options apply to the
   * parallel; later calls such as `retry` apply to the task.
   */
  parallelWithJoin(
    id: string,
    branches: Record<string, BuildPart>,
    options: ParallelWithJoinOptions = {},
  ): this {
    const { timeoutSeconds = 300, joinResultKey = `${id}_results`, ...rest } = options;
    const resultKey = `${id}_fork_data`;
    return this.parallel(id, branches, { ...rest, resultKey }).task(
      `${id}_join`,
      "tools.workflow.wait_for_parallel_branches",
      {
        args: [`{{${resultKey}}}`],
        kwargs: { timeout_seconds: timeoutSeconds },
        dependencies: [id],
        resultKey: joinResultKey,
      },
    );
  }

  /** Runs every branch whose condition holds; their operators are not visible outside. */
  multiChoice(
    id: string,
    branches: Record<string, { when: string; do: BuildPart }>,
    options: ChoiceOptions = {},
  ): this {
    const parts = listEntries(branches).map(([name, one]): [string, BuildPart] => [name, one.do]);
    const built = WorkflowBuilder.buildBranches(id, fromEntries(parts));
    const choices = built.map(([name, { tasks }]): [string, object] => [
      name,
      { condition: branches[name]?.when, tasks: [...listKeys(tasks)] },
    ]);
    const own = {
      branches: fromEntries(choices),
      branch_workflows: fromEntries(built),
      minimum_branches: options.minimumBranches ?? 1,
      timeout: options.timeout ?? null,
    };
    return this.add("multi_choice", id, own, options, ["minimumBranches", "timeout"]);
  }

  /** Runs the body once for each item that `items` yields. */
  foreach(
    id: string,
    items: string,
    body: BuildPart,
    options: OperatorOptions & { parallel?: boolean; dynamic?: boolean } = {},
  ): this {
    const loop_body = buildPart(`${id}_loop`, body);
    const { parallel = false, dynamic = false } = options;
    return this.add("foreach", id, { items, loop_body, parallel, dynamic }, options, [
      "parallel",
      "dynamic",
    ]).addBody(id, loop_body);
  }

  /** Repeats the body while the expression holds. */
  whileLoop(id: string, expression: string, body: BuildPart, options: OperatorOptions = {}): this {
    const loop_body = buildPart(`${id}_loop`, body);
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

  /** Continues with the task whose case equals the value. The tasks are added separately. */
  switch(
    id: string,
    expression: string,
    cases: Record<string, string>,
    options: OperatorOptions & { default?: string } = {},
  ): this {
    const own = {
      switch_on: expression,
      cases: fromEntries(listEntries(cases)),
      default: options.default ?? null,
    };
    return this.add("switch", id, own, options, ["default"]);
  }

  join(id: string, tasks: readonly string[], mode: JoinMode, options: OperatorOptions = {}): this {
    return this.add("join", id, { join_tasks: [...tasks], join_mode: mode }, options);
  }

  /** Generates, verifies and corrects until `verifier` accepts or the turns are used up. */
  reflexive(id: string, generator: string, verifier: string, options: ReflexiveOptions = {}): this {
    const own = {
      generator,
      generator_kwargs: options.generatorKwargs ?? {},
      verifier,
      verifier_kwargs: options.verifierKwargs ?? {},
      max_turns: options.maxTurns ?? 3,
      correction_prompt_template: options.correctionPromptTemplate ?? null,
    };
    return this.add("reflexive", id, own, options, [
      "generatorKwargs",
      "verifierKwargs",
      "maxTurns",
      "correctionPromptTemplate",
    ]);
  }

  /** Ends the whole run. */
  terminate(id: string, options: TerminateOptions = {}): this {
    const { status = "completed", result = {}, reason = "" } = options;
    const own = { status, result, reason };
    return this.add("terminate", id, own, options, ["status", "result", "reason"]);
  }

  /** Runs other workflows, each as a separate run; `children` is stored unchanged. */
  childWorkflows(
    id: string,
    children: Record<string, { workflow_name: string; inputs?: JsonObject; version?: string }>,
    options: ChildrenOptions = {},
  ): this {
    const own = {
      children: fromEntries(listEntries(children)),
      timeout_seconds: options.timeoutSeconds ?? null,
    };
    return this.add("child_workflow", id, own, options, ["timeoutSeconds"]);
  }

  /** Runs one other workflow, as a child with the operator's name. */
  childWorkflow(
    id: string,
    workflowName: string,
    options: ChildrenOptions & { inputs?: JsonObject } = {},
  ): this {
    const { inputs = {}, ...rest } = options;
    return this.childWorkflows(id, { [id]: { workflow_name: workflowName, inputs } }, rest);
  }

  /** Retries the task, activity or reflexive added last. @throws NoEffectError after anything else. */
  retry(options: RetryOptions = {}): this {
    this.getAddedCall("retry").retry_policy = toRetryPolicy(options);
    return this;
  }

  /**
   * Limits each attempt of the task, activity or reflexive added last. @throws NoEffectError after anything else.
   */
  timeout(timeout: TimeoutOptions["timeout"], options: { killOnTimeout?: boolean } = {}): this {
    this.getAddedCall("timeout").timeout_policy = toTimeoutPolicy({ timeout, ...options });
    return this;
  }

  /** Names the handler that runs when the operator added last succeeds. @throws NoEffectError before any. */
  onSuccess(id: string): this {
    this.getAdded("onSuccess").on_success_task_id = id;
    return this;
  }

  /** Names the handler that runs when the operator added last has failed after all retries. @throws NoEffectError. */
  onFailure(id: string): this {
    this.getAdded("onFailure").on_failure_task_id = id;
    return this;
  }

  /** Adds a guard that is checked before the operator added last. @throws WorkflowBuildError before any. */
  precondition(variable: string, check: GuardCheck, value: Json = null, message = ""): this {
    return this.addGuard("precondition", toGuard({ variable, check, value, message }));
  }

  /** Adds a guard that is checked after each attempt of the operator added last. @throws WorkflowBuildError. */
  postcondition(variable: string, check: GuardCheck, value: Json = null, message = ""): this {
    return this.addGuard("postcondition", toGuard({ variable, check, value, message }));
  }

  /** Sets fields of the workflow itself. */
  set(
    fields: Partial<Omit<Workflow, "name" | "tasks" | "default_retry_policy" | "start_date">>,
  ): this {
    Object.assign(this.workflow, fields);
    return this;
  }

  setStartDate(date: Date | string): this {
    const text = date instanceof Date ? date.toISOString() : date;
    const normal = normaliseInstant(text);
    if (normal === undefined) throw new WorkflowBuildError(`'${text}' is not a date or time.`);
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
   * The workflow, which starts at the operator added first unless `start_task` was set. Warnings go to
   * `onWarning`. With `check: false` only handlers are checked, as in the Python package.
   *
   * @throws WorkflowBuildError if there are errors.
   */
  build(options: { check?: boolean; onWarning?: (problem: Problem) => void } = {}): Workflow {
    const { tasks } = this.workflow;
    const refusal = checkHandlers(tasks);
    if (refusal) throw new WorkflowBuildError(refusal);
    this.workflow.start_task ??= listKeys(tasks)[0] ?? null;
    if (options.check === false) return this.workflow;
    const problems = validateWorkflow(this.workflow);
    if (hasErrors(problems)) throw new WorkflowBuildError(problems.map(formatProblem).join("\n"));
    for (const problem of problems) options.onWarning?.(problem);
    return this.workflow;
  }

  /** The operators that have been added, in order. */
  get operators(): Operator[] {
    return listValues(this.workflow.tasks);
  }

  private add(
    type: Operator["operator_type"],
    id: string,
    own: object,
    options: OperatorOptions,
    ownOptions: readonly string[] = [],
  ): this {
    const base = baseFields(options, ownOptions);
    const given = options.dependencies ?? options.dependsOn ?? (options.root ? [] : undefined);
    const isHandler = this.operators.some(
      (one) => one.on_success_task_id === id || one.on_failure_task_id === id,
    );
    const chained = this.current && !isHandler ? [this.current.task_id] : [];
    this.current = {
      task_id: id,
      operator_type: type,
      dependencies: [...new Set(given ?? chained)].sort(compareCodePoints),
      ...base,
      ...own,
    } as Operator;
    this.put(this.current);
    return this;
  }

  /** The workflow of each branch, named after operator and branch. It is not checked, and has no start task. */
  private static buildBranches(
    id: string,
    branches: Record<string, BuildPart>,
  ): [string, Workflow][] {
    return listEntries(branches).map(([name, build]) => {
      const builder = new WorkflowBuilder(`${id}_${name.toLowerCase()}`);
      build(builder);
      return [name, builder.workflow];
    });
  }

  private put(operator: Operator): void {
    setMember(this.workflow.tasks, operator.task_id, operator);
  }

  /** The operators of a body are the same objects in the loop and next to it. */
  private addBody(loop: string, body: Operator[]): this {
    for (const [index, operator] of body.entries()) {
      operator.is_internal_loop_task = true;
      if (index === 0) depend(operator, loop);
      this.put(operator);
    }
    return this;
  }

  private addGuard(when: "precondition" | "postcondition", guard: Guard): this {
    if (!this.current) throw new WorkflowBuildError(`${when}() must be called after a task`);
    this.current[`${when}s`].push(guard);
    return this;
  }

  private getAdded(method: string): Operator {
    if (!this.current) throw new NoEffectError(`${method}() needs an operator before it.`);
    return this.current;
  }

  private getAddedCall(method: string): Operator {
    const operator = this.getAdded(method);
    if (isCall(operator)) return operator;
    throw new NoEffectError(
      `${method}() applies to task, activity and reflexive; '${operator.task_id}' is a ${operator.operator_type}.`,
    );
  }
}

function buildPart(name: string, build: BuildPart | null): Operator[] {
  const builder = new WorkflowBuilder(name);
  build?.(builder);
  return builder.operators;
}

/** What is wrong with a deadline, in the words of the Python package. */
function checkDeadline({ deadlineSeconds, deadlineAction }: BuilderOptions): string | undefined {
  if (deadlineAction !== undefined && !DEADLINE_ACTIONS.includes(deadlineAction))
    return `deadline_action must be one of: ${DEADLINE_ACTIONS.join(", ")} (got '${deadlineAction}')`;
  if (deadlineSeconds !== undefined && deadlineSeconds <= 0)
    return `deadline_seconds must be positive (got ${deadlineSeconds})`;
  return undefined;
}

/** The first handler that is named but does not exist, in the words of the Python package. */
function checkHandlers(tasks: Workflow["tasks"]): string | undefined {
  for (const { task_id, on_success_task_id, on_failure_task_id } of listValues(tasks)) {
    const named = { on_success: on_success_task_id, on_failure: on_failure_task_id };
    for (const [when, id] of Object.entries(named))
      if (id !== null && !Object.hasOwn(tasks, id))
        return `Task '${task_id}' references non-existent ${when} task '${id}'`;
  }
  return undefined;
}

/** Appends a dependency unless it exists. */
function depend(operator: Operator, id: string): void {
  if (!operator.dependencies.includes(id)) operator.dependencies.push(id);
}

/** A workflow without tasks, in the order of the JSON form. */
function emptyWorkflow(name: string, version: string): Workflow {
  return {
    name,
    version,
    description: "",
    tasks: {},
    variables: {},
    start_task: null,
    schedule: null,
    start_date: null,
    catchup: false,
    is_paused: false,
    tags: [],
    max_active_runs: 1,
    default_retry_policy: null,
    deadline_seconds: null,
    deadline_action: "fail",
  };
}
