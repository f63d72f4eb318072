import type { Json, JsonObject } from "../../model/json.ts";
import { readAndCheck } from "../model/checks/validate.ts";
import { isMapping, list, mapping, Place, text } from "../model/fields.ts";
import { hasErrors, type Problem } from "../model/problem.ts";
import type { JoinMode, TriggerRule } from "../model/vocabulary.ts";
import type { Workflow } from "../model/workflow.ts";
import {
  type OperatorOptions,
  type RetryOptions,
  type TimeoutOptions,
  WorkflowBuildError,
} from "./options.ts";
import { type BuildPart, WorkflowBuilder } from "./workflow-builder.ts";

/**
 * Builds a workflow from a list of builder calls, as in a steps file: `{name, version?, steps, variables?}`, where a
 * step is a mapping with `op` and the arguments of that call. Problems of the list itself have paths in it, those of
 * the workflow that came out have paths in the workflow. Never throws.
 */
export function buildFromSteps(value: unknown): { workflow?: Workflow; problems: Problem[] } {
  const problems: Problem[] = [];
  const place = new Place("", problems);
  const file = isMapping(value) ? value : {};
  if (!isMapping(value))
    place.error("type", "a steps file must be a mapping", "with name and steps");
  const name = text(file.name, place.member("name"));
  if (hasErrors(problems)) return { problems };
  try {
    const version =
      file.version === undefined ? {} : { version: text(file.version, place.member("version")) };
    const builder = new WorkflowBuilder(name, version);
    addSteps(builder, file.steps, place.member("steps"));
    if (hasErrors(problems)) return { problems };
    const workflow = builder.build({ check: false });
    const variables =
      file.variables === undefined ? {} : mapping((one) => one as Json)(file.variables, place);
    return readAndCheck({ ...workflow, variables });
  } catch (error) {
    if (!(error instanceof WorkflowBuildError)) throw error;
    place.error("build", error.message);
    return { problems };
  }
}

type Step = Record<string, unknown>;
type Call = (builder: WorkflowBuilder, step: Step, place: Place) => unknown;

function addSteps(builder: WorkflowBuilder, value: unknown, place: Place): void {
  list((step, at) => {
    const call = isMapping(step) ? CALLS[String(step.op)] : undefined;
    if (isMapping(step) && call) return call(builder, step, at);
    const names = Object.keys(CALLS).join(", ");
    return at.member("op").error("unknown_step", "names no builder call", `use one of ${names}`);
  })(value, place);
}

/** The steps of a branch or body, added by a builder of their own. */
function partOf(step: Step, key: string, place: Place): BuildPart {
  return (builder) => addSteps(builder, step[key] ?? [], place.member(key));
}

const read = (step: Step, key: string, place: Place) => text(step[key], place.member(key));
const textsOf = (value: unknown, place: Place) => list(text)(value, place);

/** Values that the workflow's own validation looks at are passed on as they are. */
const CALLS: Record<string, Call> = {
  task: (builder, step, place) =>
    builder.task(read(step, "id", place), step.function as string, callOptions(step, place)),
  activity: (builder, step, place) =>
    builder.activity(read(step, "id", place), step.function as string, callOptions(step, place)),
  condition: (builder, step, place) =>
    builder.condition(
      read(step, "id", place),
      step.condition as string,
      partOf(step, "if_true", place),
      partOf(step, "if_false", place),
      optionsOf(step, place),
    ),
  parallel: (builder, step, place) => {
    const branches = mapping((one) => one)(step.branches ?? {}, place.member("branches"));
    const parts = Object.keys(branches).map((name): [string, BuildPart] => [
      name,
      partOf(branches, name, place.member("branches")),
    ]);
    const timeout = given({ timeout: step.timeout as number | undefined });
    const options = { ...optionsOf(step, place), ...timeout };
    return builder.parallel(read(step, "id", place), Object.fromEntries(parts), options);
  },
  foreach: (builder, step, place) =>
    builder.foreach(
      read(step, "id", place),
      step.items as string,
      partOf(step, "loop_body", place),
      {
        ...optionsOf(step, place),
        ...given({ parallel: step.parallel as boolean | undefined }),
      },
    ),
  while_loop: (builder, step, place) =>
    builder.whileLoop(
      read(step, "id", place),
      step.condition as string,
      partOf(step, "loop_body", place),
      optionsOf(step, place),
    ),
  wait: (builder, step, place) => {
    const wait = mapping(text)(step.wait_for, place.member("wait_for"));
    const [kind, value = ""] = Object.entries(wait)[0] ?? [];
    const isKnown = kind === "duration" || kind === "datetime" || kind === "text";
    if (!isKnown) place.member("wait_for").error("type", "must be a duration, datetime or text");
    return builder.wait(read(step, "id", place), value, optionsOf(step, place));
  },
  emit_event: (builder, step, place) =>
    builder.emitEvent(read(step, "id", place), step.event_name as string, {
      ...optionsOf(step, place),
      ...given({ payload: step.payload as JsonObject | undefined }),
    }),
  wait_for_event: (builder, step, place) =>
    builder.waitForEvent(read(step, "id", place), step.event_name as string, {
      ...optionsOf(step, place),
      ...given({ timeoutSeconds: step.timeout_seconds as number | undefined }),
    }),
  switch: (builder, step, place) =>
    builder.switch(
      read(step, "id", place),
      step.switch_on as string,
      mapping(text)(step.cases ?? {}, place.member("cases")),
      { ...optionsOf(step, place), ...given({ default: step.default as string | undefined }) },
    ),
  join: (builder, step, place) =>
    builder.join(
      read(step, "id", place),
      textsOf(step.join_tasks, place.member("join_tasks")),
      step.join_mode as JoinMode,
      optionsOf(step, place),
    ),
  retry: (builder, step) => builder.retry(retryOptions(step)),
  timeout: (builder, step) => {
    const { timeout, ...options } = timeoutOptions(step);
    return builder.timeout(timeout, options);
  },
  on_success: (builder, step, place) => builder.onSuccess(read(step, "task", place)),
  on_failure: (builder, step, place) => builder.onFailure(read(step, "task", place)),
  set_description: (builder, step) => builder.set({ description: step.value as string }),
  set_version: (builder, step) => builder.set({ version: step.value as string }),
  set_schedule: (builder, step) => builder.set({ schedule: step.value as string }),
  set_start_date: (builder, step, place) => builder.setStartDate(read(step, "value", place)),
  set_catchup: (builder, step) => builder.set({ catchup: step.value as boolean }),
  set_paused: (builder, step) => builder.set({ is_paused: step.value as boolean }),
  set_max_active_runs: (builder, step) => builder.set({ max_active_runs: step.value as number }),
  set_default_retry_policy: (builder, step) => builder.setDefaultRetryPolicy(retryOptions(step)),
  add_tags: (builder, step, place) =>
    builder.addTags(...textsOf(step.values, place.member("values"))),
};

const CALL_KEYS = new Set(
  "op id function args kwargs dependencies trigger_rule retry_policy timeout_policy idempotency_key metadata description result_key".split(
    " ",
  ),
);

/** Any other key of a task is a keyword argument, and wins over the same one in `kwargs`. */
function callOptions(step: Step, place: Place) {
  const extra = Object.entries(step).filter(([key]) => !CALL_KEYS.has(key));
  const kwargs = { ...(step.kwargs as JsonObject), ...(Object.fromEntries(extra) as JsonObject) };
  return { ...optionsOf(step, place), ...given({ args: step.args as Json[] | undefined }), kwargs };
}

function optionsOf(step: Step, place: Place): OperatorOptions {
  const { retry_policy, timeout_policy, dependencies } = step;
  return given({
    dependencies:
      dependencies === undefined ? undefined : textsOf(dependencies, place.member("dependencies")),
    triggerRule: step.trigger_rule as TriggerRule | undefined,
    retryPolicy: isMapping(retry_policy) ? retryOptions(retry_policy) : undefined,
    timeoutPolicy: isMapping(timeout_policy) ? timeoutOptions(timeout_policy) : undefined,
    idempotencyKey: step.idempotency_key as string | undefined,
    metadata: step.metadata as JsonObject | undefined,
    description: step.description as string | undefined,
    resultKey: step.result_key as string | undefined,
  });
}

function retryOptions(step: Step): RetryOptions {
  return given({
    maxRetries: step.max_retries as number | undefined,
    delay: step.delay as string | undefined,
    backoffFactor: step.backoff_factor as number | undefined,
  });
}

function timeoutOptions(step: Step): TimeoutOptions {
  return {
    timeout: step.timeout as string,
    ...given({ killOnTimeout: step.kill_on_timeout as boolean | undefined }),
  };
}

/** Without the members that were not given. */
function given<T extends object>(options: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Key in keyof T]?: Exclude<T[Key], undefined> };
}
