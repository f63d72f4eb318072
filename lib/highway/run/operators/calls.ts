import type { Json, JsonObject } from "../../../model/json.ts";
import { fillTemplates, fillToText } from "../../language/template.ts";
import { parseDuration } from "../../model/duration.ts";
import type { ActivityOperator, ReflexiveOperator, TaskOperator } from "../../model/workflow.ts";
import { openCircuit, toCount } from "../circuit.ts";
import type { Context } from "../context.ts";
import type { WorkflowFunction } from "../functions.ts";
import { checkPostconditions } from "../guards.ts";
import { asStored } from "../journal.ts";
import {
  completed,
  evaluate,
  failed,
  failedWith,
  isDataError,
  OperatorError,
  type Outcome,
} from "../outcome.ts";
import type { Run } from "../run.ts";

type Caller = TaskOperator | ActivityOperator;

/** Calls the function of a task or activity unless its value is recorded, and records it. */
export async function callOnce(
  run: Run,
  operator: Caller,
  path: string,
  attempt: number,
  context: Context,
): Promise<Outcome> {
  return throughCircuit(run, operator, path, async (record) => {
    let value: Json;
    try {
      value = await callFunction(run, operator, path, attempt, context);
      checkPostconditions(operator, value, context);
    } catch (error) {
      // A worker that has lost the run must not record anything, in particular not the effect of being stopped.
      run.signal.throwIfAborted();
      return failed(error);
    }
    try {
      return await record(value);
    } catch (error) {
      // Text that the database cannot store is an error of the function, and would recur.
      if (isDataError(error)) return failed(error);
      throw error;
    }
  });
}

/**
 * Makes an attempt behind the operator's circuit breaker, unless its value is recorded. `work` ends with
 * `record(value)`, which counts the success in the transaction that records the value; a failure is counted when
 * it is recorded.
 */
export async function throughCircuit(
  run: Run,
  operator: Caller | ReflexiveOperator,
  path: string,
  work: (record: (value: Json) => Promise<Outcome>) => Promise<Outcome>,
): Promise<Outcome> {
  const known = run.journal.get(path);
  if (known !== undefined) return completed(known);
  const circuit = openCircuit(run, operator, path);
  const refused = await circuit?.enter();
  if (refused) return failedWith(refused);
  const record = async (value: Json) => {
    await run.journal.transact(async (tx) => {
      await circuit?.succeed(tx);
      return { [path]: value };
    });
    return completed(run.journal.get(path) ?? null);
  };
  const outcome = await (circuit ? circuit.whileProbing(() => work(record)) : work(record));
  if (outcome.state !== "failed") return outcome;
  const count = toCount(circuit, outcome.error);
  return count ? { ...outcome, count } : outcome;
}

/**
 * Calls an operator's function once, within its time limit. Arguments and result are copied, so that nothing
 * depends on whether the run was interrupted in between.
 *
 * @throws the function's errors, and OperatorError if there is no such function, a template fails, the time is
 * over, or the value has no JSON form.
 */
async function callFunction(
  run: Run,
  operator: Caller,
  path: string,
  attempt: number,
  context: Context,
): Promise<Json> {
  const fill = (value: Json) => asStored(fillTemplates(value, context.lookup));
  const args = evaluate(() => fill(operator.args)) as Json[];
  const kwargs = evaluate(() => fill(operator.kwargs)) as JsonObject;
  const idempotencyKey = computeKey(run, operator, path, context);
  const call = { args, kwargs, path, attempt, idempotencyKey };
  return callWithin(run, operator.function, operator.timeout_policy, call);
}

/** The key of a call in all attempts: the operator's own key, or its run and path. @throws OperatorError. */
export function computeKey(
  run: Run,
  { idempotency_key: key }: Caller | ReflexiveOperator,
  path: string,
  context: Context,
): string {
  if (key === null) return `${run.workflowRunId}:${path}`;
  return evaluate(() => fillToText(key, context.lookup));
}

/** The function registered under a name. @throws OperatorError if there is none. */
export function findFunction({ functions }: Run, name: string): WorkflowFunction {
  const found = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (!found) throw new OperatorError("UnknownFunction", `No function '${name}' is registered.`);
  return found;
}

/** The arguments of a call, and its identification. */
export type Call = {
  args: Json[];
  kwargs: JsonObject;
  path: string;
  attempt: number;
  idempotencyKey: string;
};

/** Calls a registered function within the time limit of a policy. @throws as `callFunction` does. */
export async function callWithin(
  run: Run,
  name: string,
  policy: Caller["timeout_policy"],
  call: Call,
): Promise<Json> {
  const fn = findFunction(run, name);
  const overtime = new AbortController();
  const signal = AbortSignal.any([run.signal, overtime.signal]);
  const { workflowRunId } = run;
  const value = await within(policy, async () => fn({ ...call, signal, workflowRunId }), overtime);
  return toJson(value);
}

async function within(
  policy: Caller["timeout_policy"],
  call: () => Promise<unknown>,
  overtime: AbortController,
): Promise<unknown> {
  if (!policy) return call();
  const { timeout, kill_on_timeout } = policy;
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
    return asStored(value as Json);
  } catch (error) {
    throw new OperatorError("NotJson", error instanceof Error ? error.message : String(error));
  }
}
