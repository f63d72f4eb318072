import { stringifyJson } from "../../absurd/json.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import { fillTemplates, fillToText } from "../language/template.ts";
import { parseDuration } from "../model/duration.ts";
import type { ActivityOperator, TaskOperator } from "../model/workflow.ts";
import type { Context } from "./context.ts";
import { OperatorError } from "./outcome.ts";
import type { Run } from "./run.ts";

/**
 * Calls an operator's function once, within its time.
 *
 * @throws whatever the function throws, TemplateError, and OperatorError when there is no such function, the time is
 * over, or the value has no JSON form.
 */
export async function callFunction(
  run: Run,
  operator: TaskOperator | ActivityOperator,
  path: string,
  attempt: number,
  context: Context,
): Promise<Json> {
  const fn = Object.hasOwn(run.functions, operator.function)
    ? run.functions[operator.function]
    : undefined;
  if (!fn)
    throw new OperatorError("UnknownFunction", `No function '${operator.function}' is registered.`);
  const args = fillTemplates(operator.args, context.lookup) as Json[];
  const kwargs = fillTemplates(operator.kwargs, context.lookup) as JsonObject;
  const key = operator.idempotency_key;
  const idempotencyKey =
    key === null ? `${run.workflowRunId}:${path}` : fillToText(key, context.lookup);
  const overtime = new AbortController();
  const signal = AbortSignal.any([run.signal, overtime.signal]);
  const { workflowRunId } = run;
  const call = async () =>
    fn({ args, kwargs, signal, workflowRunId, path, attempt, idempotencyKey });
  const value = await within(operator, call, overtime);
  return toJson(value);
}

async function within(
  { timeout_policy }: TaskOperator | ActivityOperator,
  call: () => Promise<unknown>,
  overtime: AbortController,
): Promise<unknown> {
  if (!timeout_policy) return call();
  const { timeout, kill_on_timeout } = timeout_policy;
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(
      () => {
        const error = new OperatorError("TimeoutError", `The attempt took longer than ${timeout}.`);
        if (kill_on_timeout) overtime.abort(error);
        reject(error);
      },
      Math.min((parseDuration(timeout) ?? 0) * 1000, 2 ** 31 - 1),
    );
  });
  try {
    return await Promise.race([call(), limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** The value as every later execution will read it. */
function toJson(value: unknown): Json {
  if (value === undefined) return null;
  try {
    stringifyJson(value as Json);
  } catch (error) {
    throw new OperatorError("NotJson", error instanceof Error ? error.message : String(error));
  }
  return value as Json;
}
