import type { Json, JsonObject } from "../../model/json.ts";
import { fromEntries, listEntries, listKeys } from "../language/key-order.ts";
import { decodeAndCheck } from "../model/checks/validate.ts";
import { isMapping, list, mapping, Place, text } from "../model/fields.ts";
import { hasErrors, type Problem } from "../model/problem.ts";
import type {
  DeadlineAction,
  GuardCheck,
  JoinMode,
  TerminateStatus,
  TriggerRule,
  Workflow,
} from "../model/workflow.ts";
import {
  type CircuitBreakerOptions,
  type GuardOptions,
  NoEffectError,
  type OperatorOptions,
  type RetryOptions,
  type TimeoutOptions,
  WorkflowBuildError,
} from "./options.ts";
import { type BuildPart, WorkflowBuilder } from "./workflow-builder.ts";

const FILE_KEYS = "name version steps variables deadline_seconds deadline_action".split(" ");
/** Keys that describe the cases of golden data. */
const DESCRIPTION_KEYS = ["case", "title", "covers"];

/**
 * Builds a workflow from a list of builder calls, the content of a steps file: `{name, version?, steps,
 * variables?, deadline_seconds?, deadline_action?}`, where a step is a mapping with `op` and the arguments of that
 * call. Problems of the list have paths in the list, problems of the built workflow have paths in the workflow. A
 * call without effect and an unknown key are warnings. Never throws.
 */
export function buildFromSteps(value: unknown): { workflow?: Workflow; problems: Problem[] } {
  const problems: Problem[] = [];
  const place = new Place("", problems);
  const file = isMapping(value) ? value : {};
  if (!isMapping(value))
    place.error("type", "a steps file must be a mapping", "with name and steps");
  const name = text(file.name, place.member("name"));
  if (hasErrors(problems)) return { problems };
  warnUnknown(file, [...FILE_KEYS, ...DESCRIPTION_KEYS], place);
  try {
    const builder = new WorkflowBuilder(
      name,
      given({
        version:
          file.version === undefined ? undefined : text(file.version, place.member("version")),
        deadlineSeconds: file.deadline_seconds as number | undefined,
        deadlineAction: file.deadline_action as DeadlineAction | undefined,
      }),
    );
    addSteps(builder, file.steps, place.member("steps"));
    if (hasErrors(problems)) return { problems };
    const workflow = builder.build({ check: false });
    const variables =
      file.variables === undefined ? {} : mapping((one) => one as Json)(file.variables, place);
    const built = decodeAndCheck({ ...workflow, variables });
    return { ...built, problems: [...problems, ...built.problems] };
  } catch (error) {
    if (!(error instanceof WorkflowBuildError)) throw error;
    place.error("build", error.message);
    return { problems };
  }
}

type Step = Record<string, unknown>;
type Call = {
  /** The keys of the call besides `op` and the options of operators. */
  keys: string;
  /** Whether the call adds an operator, and so accepts the options of operators. */
  isOperator?: boolean;
  run: (builder: WorkflowBuilder, step: Step, place: Place) => unknown;
};

function addSteps(builder: WorkflowBuilder, value: unknown, place: Place): void {
  list((step, at) => {
    const call = isMapping(step) ? findCall(step.op) : undefined;
    if (!isMapping(step) || !call) {
      const hint = `use one of ${Object.keys(CALLS).join(", ")}`;
      at.member("op").error("unknown_step", "names no builder call", hint);
      return;
    }
    const keys = ["op", ...call.keys.split(" "), ...(call.isOperator ? OPTION_KEYS : [])];
    // Any other key of a task is an argument of its function.
    if (step.op !== "task" && step.op !== "activity") warnUnknown(step, keys, at);
    try {
      call.run(builder, step, at);
    } catch (error) {
      if (!(error instanceof NoEffectError)) throw error;
      at.warn("no_effect", error.message);
    }
  })(value, place);
}

function findCall(op: unknown): Call | undefined {
  return typeof op === "string" && Object.hasOwn(CALLS, op) ? CALLS[op] : undefined;
}

function warnUnknown(step: Step, known: readonly string[], place: Place): void {
  for (const key of Object.keys(step).filter((one) => !known.includes(one)))
    if (key === "depends_on")
      place
        .member(key)
        .error("unknown_field", "The Python package ignores it here", "write dependencies");
    else
      place.member(key).warn("unknown_field", "is not an argument of this call and has no effect");
}

/** The steps of a branch or body, added by a separate builder. */
function toPart(step: Step, key: string, place: Place): BuildPart {
  return (builder) => addSteps(builder, step[key] ?? [], place.member(key));
}

/** The branches of a mapping from name to steps. */
function toBranches(step: Step, place: Place): Record<string, BuildPart> {
  const at = place.member("branches");
  const branches = mapping((one) => one)(step.branches ?? {}, at);
  return fromEntries(listKeys(branches).map((name) => [name, toPart(branches, name, at)]));
}

const getText = (step: Step, key: string, place: Place) => text(step[key], place.member(key));
const getTexts = (value: unknown, place: Place) => list(text)(value, place);
const getId = (step: Step, place: Place) => getText(step, "id", place);

/** Values that the workflow's own validation checks are passed on unchecked. */
const CALLS: Record<string, Call> = {
  task: {
    keys: "id function args kwargs depends_on",
    isOperator: true,
    run: (builder, step, place) =>
      builder.task(getId(step, place), step.function as string, toCallOptions(step, place)),
  },
  activity: {
    keys: "id function args kwargs depends_on",
    isOperator: true,
    run: (builder, step, place) =>
      builder.activity(getId(step, place), step.function as string, toCallOptions(step, place)),
  },
  condition: {
    keys: "id condition if_true if_false",
    isOperator: true,
    run: (builder, step, place) =>
      builder.condition(
        getId(step, place),
        step.condition as string,
        toPart(step, "if_true", place),
        toPart(step, "if_false", place),
        toOptions(step, place),
      ),
  },
  parallel: {
    keys: "id branches timeout",
    isOperator: true,
    run: (builder, step, place) =>
      builder.parallel(getId(step, place), toBranches(step, place), {
        ...toOptions(step, place),
        ...given({ timeout: step.timeout as number | undefined }),
      }),
  },
  parallel_with_join: {
    keys: "id branches timeout_seconds join_result_key timeout",
    isOperator: true,
    run: (builder, step, place) =>
      builder.parallelWithJoin(getId(step, place), toBranches(step, place), {
        ...toOptions(step, place),
        ...given({
          timeout: step.timeout as number | undefined,
          timeoutSeconds: step.timeout_seconds as number | undefined,
          joinResultKey: step.join_result_key as string | undefined,
        }),
      }),
  },
  multi_choice: {
    keys: "id branches minimum_branches timeout",
    isOperator: true,
    run: (builder, step, place) => {
      const at = place.member("branches");
      const listed = mapping(mapping((one) => one))(step.branches ?? {}, at);
      const branches = listEntries(listed).map(([name, branch]) => {
        warnUnknown(branch, ["condition", "steps"], at.member(name));
        const when = getText(branch, "condition", at.member(name));
        return [name, { when, do: toPart(branch, "steps", at.member(name)) }] as const;
      });
      return builder.multiChoice(getId(step, place), fromEntries(branches), {
        ...toOptions(step, place),
        ...given({
          minimumBranches: step.minimum_branches as number | undefined,
          timeout: step.timeout as number | undefined,
        }),
      });
    },
  },
  foreach: {
    keys: "id items loop_body parallel dynamic",
    isOperator: true,
    run: (builder, step, place) =>
      builder.foreach(getId(step, place), step.items as string, toPart(step, "loop_body", place), {
        ...toOptions(step, place),
        ...given({
          parallel: step.parallel as boolean | undefined,
          dynamic: step.dynamic as boolean | undefined,
        }),
      }),
  },
  while_loop: {
    keys: "id condition loop_body",
    isOperator: true,
    run: (builder, step, place) =>
      builder.whileLoop(
        getId(step, place),
        step.condition as string,
        toPart(step, "loop_body", place),
        toOptions(step, place),
      ),
  },
  wait: {
    keys: "id wait_for",
    isOperator: true,
    run: (builder, step, place) => {
      const at = place.member("wait_for");
      const wait = mapping((one) => one)(step.wait_for, at);
      const [kind, value = ""] = Object.entries(wait)[0] ?? [];
      if (kind !== "duration" && kind !== "datetime" && kind !== "text")
        at.error("type", "must be a duration, datetime or text");
      const isNumber = typeof value === "number";
      return builder.wait(
        getId(step, place),
        isNumber ? value : text(value, at.member(kind ?? "")),
        toOptions(step, place),
      );
    },
  },
  emit_event: {
    keys: "id event_name payload",
    isOperator: true,
    run: (builder, step, place) =>
      builder.emitEvent(getId(step, place), step.event_name as string, {
        ...toOptions(step, place),
        ...given({ payload: step.payload as JsonObject | undefined }),
      }),
  },
  wait_for_event: {
    keys: "id event_name timeout_seconds",
    isOperator: true,
    run: (builder, step, place) =>
      builder.waitForEvent(getId(step, place), step.event_name as string, {
        ...toOptions(step, place),
        ...given({ timeoutSeconds: step.timeout_seconds as number | undefined }),
      }),
  },
  switch: {
    keys: "id switch_on cases default",
    isOperator: true,
    run: (builder, step, place) =>
      builder.switch(
        getId(step, place),
        step.switch_on as string,
        mapping(text)(step.cases ?? {}, place.member("cases")),
        { ...toOptions(step, place), ...given({ default: step.default as string | undefined }) },
      ),
  },
  join: {
    keys: "id join_tasks join_mode",
    isOperator: true,
    run: (builder, step, place) =>
      builder.join(
        getId(step, place),
        getTexts(step.join_tasks, place.member("join_tasks")),
        step.join_mode as JoinMode,
        toOptions(step, place),
      ),
  },
  reflexive: {
    keys: "id generator verifier generator_kwargs verifier_kwargs max_turns correction_prompt_template",
    isOperator: true,
    run: (builder, step, place) =>
      builder.reflexive(getId(step, place), step.generator as string, step.verifier as string, {
        ...toOptions(step, place),
        ...given({
          generatorKwargs: step.generator_kwargs as JsonObject | undefined,
          verifierKwargs: step.verifier_kwargs as JsonObject | undefined,
          maxTurns: step.max_turns as number | undefined,
          correctionPromptTemplate: step.correction_prompt_template as string | undefined,
        }),
      }),
  },
  terminate: {
    keys: "id status result reason",
    isOperator: true,
    run: (builder, step, place) =>
      builder.terminate(getId(step, place), {
        ...toOptions(step, place),
        ...given({
          status: step.status as TerminateStatus | undefined,
          result: step.result as JsonObject | undefined,
          reason: step.reason as string | undefined,
        }),
      }),
  },
  child_workflows: {
    keys: "id children timeout_seconds depends_on",
    isOperator: true,
    run: (builder, step, place) =>
      builder.childWorkflows(
        getId(step, place),
        mapping((one) => one)(step.children ?? {}, place.member("children")) as Record<
          string,
          { workflow_name: string }
        >,
        {
          ...toOptions(step, place),
          ...given({ timeoutSeconds: step.timeout_seconds as number | undefined }),
        },
      ),
  },
  child_workflow: {
    keys: "id workflow_name inputs timeout_seconds depends_on",
    isOperator: true,
    run: (builder, step, place) =>
      builder.childWorkflow(getId(step, place), step.workflow_name as string, {
        ...toOptions(step, place),
        ...given({
          inputs: step.inputs as JsonObject | undefined,
          timeoutSeconds: step.timeout_seconds as number | undefined,
        }),
      }),
  },
  precondition: {
    keys: "variable check value message",
    run: (builder, step) => {
      const { variable, check, value, message } = toGuardOptions(step);
      return builder.precondition(variable, check, value, message);
    },
  },
  postcondition: {
    keys: "variable check value message",
    run: (builder, step) => {
      const { variable, check, value, message } = toGuardOptions(step);
      return builder.postcondition(variable, check, value, message);
    },
  },
  retry: {
    keys: "max_retries delay backoff_factor",
    run: (builder, step) => builder.retry(toRetryOptions(step)),
  },
  timeout: {
    keys: "timeout kill_on_timeout",
    run: (builder, step) => {
      const { timeout, ...options } = toTimeoutOptions(step);
      return builder.timeout(timeout, options);
    },
  },
  on_success: {
    keys: "task",
    run: (builder, step, place) => builder.onSuccess(getText(step, "task", place)),
  },
  on_failure: {
    keys: "task",
    run: (builder, step, place) => builder.onFailure(getText(step, "task", place)),
  },
  set_description: setter((value) => ({ description: value as string })),
  set_version: setter((value) => ({ version: value as string })),
  set_schedule: setter((value) => ({ schedule: value as string })),
  set_catchup: setter((value) => ({ catchup: value as boolean })),
  set_paused: setter((value) => ({ is_paused: value as boolean })),
  set_max_active_runs: setter((value) => ({ max_active_runs: value as number })),
  set_start_date: {
    keys: "value",
    run: (builder, step, place) => builder.setStartDate(getText(step, "value", place)),
  },
  set_default_retry_policy: {
    keys: "max_retries delay backoff_factor",
    run: (builder, step) => builder.setDefaultRetryPolicy(toRetryOptions(step)),
  },
  add_tags: {
    keys: "values",
    run: (builder, step, place) =>
      builder.addTags(...getTexts(step.values, place.member("values"))),
  },
};

function setter(fields: (value: unknown) => Parameters<WorkflowBuilder["set"]>[0]): Call {
  return { keys: "value", run: (builder, { value }) => builder.set(fields(value)) };
}

const OPTION_KEYS =
  "dependencies trigger_rule retry_policy timeout_policy circuit_breaker_policy idempotency_key metadata description result_key on_success_task_id on_failure_task_id preconditions postconditions".split(
    " ",
  );
const CALL_KEYS = new Set(["op", "id", "function", "args", "kwargs", "depends_on", ...OPTION_KEYS]);

/** Any other key of a task is a keyword argument, and takes precedence over the same key in `kwargs`. */
function toCallOptions(step: Step, place: Place) {
  const extra = listEntries(step).filter(([key]) => !CALL_KEYS.has(key));
  const own = step.kwargs ?? {};
  const kwargs = (
    isMapping(own) ? fromEntries([...listEntries(own), ...extra]) : own
  ) as JsonObject;
  return { ...toOptions(step, place), ...given({ args: step.args as Json[] | undefined }), kwargs };
}

function toOptions(step: Step, place: Place): OperatorOptions {
  const getList = (key: string) =>
    step[key] === undefined ? undefined : getTexts(step[key], place.member(key));
  const getGuards = (key: string) =>
    step[key] === undefined
      ? undefined
      : list((one, at) => toGuardOptions(mapping((value) => value)(one, at)))(
          step[key],
          place.member(key),
        );
  const getPolicy = (key: string) =>
    step[key] === undefined || step[key] === null
      ? undefined
      : mapping((value) => value)(step[key], place.member(key));
  const [retry, timeout, breaker] = [
    getPolicy("retry_policy"),
    getPolicy("timeout_policy"),
    getPolicy("circuit_breaker_policy"),
  ];
  return given({
    dependencies: getList("dependencies"),
    dependsOn: getList("depends_on"),
    triggerRule: step.trigger_rule as TriggerRule | undefined,
    retryPolicy: retry && toRetryOptions(retry),
    timeoutPolicy: timeout && toTimeoutOptions(timeout),
    circuitBreakerPolicy: breaker && toBreakerOptions(breaker),
    idempotencyKey: step.idempotency_key as string | undefined,
    metadata: step.metadata as JsonObject | undefined,
    description: step.description as string | undefined,
    resultKey: step.result_key as string | undefined,
    onSuccess: step.on_success_task_id as string | undefined,
    onFailure: step.on_failure_task_id as string | undefined,
    preconditions: getGuards("preconditions"),
    postconditions: getGuards("postconditions"),
  });
}

function toRetryOptions(step: Step): RetryOptions {
  return given({
    maxRetries: step.max_retries as number | undefined,
    delay: step.delay as string | undefined,
    backoffFactor: step.backoff_factor as number | undefined,
  });
}

function toTimeoutOptions(step: Step): TimeoutOptions {
  return {
    timeout: step.timeout as string,
    ...given({ killOnTimeout: step.kill_on_timeout as boolean | undefined }),
  };
}

function toBreakerOptions(step: Step): CircuitBreakerOptions {
  return given({
    failureThreshold: step.failure_threshold as number | undefined,
    successThreshold: step.success_threshold as number | undefined,
    isolationDuration: (step.isolation_duration ?? step.isolation_duration_seconds) as
      | string
      | undefined,
    catchExceptions: step.catch_exceptions as string[] | undefined,
    ignoreExceptions: step.ignore_exceptions as string[] | undefined,
  });
}

function toGuardOptions(step: Step): GuardOptions {
  return {
    variable: step.variable as string,
    check: step.check as GuardCheck,
    ...given({
      value: step.value as Json | undefined,
      message: step.message as string | undefined,
    }),
  };
}

/** The options without undefined members. */
function given<T extends object>(options: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Key in keyof T]?: Exclude<T[Key], undefined> };
}
