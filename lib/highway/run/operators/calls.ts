import type { Json, JsonObject } from "../../../model/json.ts";
import { fillTemplates, fillToText } from "../../language/template.ts";
import { parseDuration } from "../../model/duration.ts";
import type { ActivityOperator, TaskOperator } from "../../model/workflow.ts";
import { type Circuit, openCircuit, toCount } from "../circuit.ts";
import type { Context } from "../context.ts";
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
  const known = run.journal.get(path);
  if (known !== undefined) return completed(known);
  const circuit = openCircuit(run, operator, path);
  const refused = await circuit?.enter();
  if (refused) return failedWith(refused);
  let value: Json;
  try {
    const work = () => callFunction(run, operator, path, attempt, context);
    value = await (circuit ? circuit.whileProbing(work) : work());
    checkPostconditions(operator, value, context);
  } catch (error) {
    // A worker that has lost the run must not record anything, least of all the consequence of being stopped.
    run.signal.throwIfAborted();
    return withCount(failed(error), circuit);
  }
  try {
    await run.journal.transact(async (tx) => {
      await circuit?.succeed(tx);
      return { [path]: value };
    });
    return completed(run.journal.get(path) ?? null);
  } catch (error) {
    // Text that the database cannot store is the function's mistake, and would be the same the next time.
    if (isDataError(error)) return failed(error);
    throw error;
  }
}

/** A failed attempt with the way in which it counts for a circuit. */
export function withCount(outcome: Outcome, circuit: Circuit | undefined): Outcome {
  if (outcome.state !== "failed") return outcome;
  const count = toCount(circuit, outcome.error);
  return count ? { ...outcome, count } : outcome;
}

/**
 * Calls an operator's function once, within its time limit. The function gets copies of what was recorded, and what it
 * returns is copied, so that nothing depends on whether the run was interrupted in between.
 *
 * @throws whatever the function throws, and OperatorError when there is no such function, a template fails, the time
 * is over, or the value has no JSON form.
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
  const key = operator.idempotency_key;
  const idempotencyKey =
    key === null ? `${run.workflowRunId}:${path}` : evaluate(() => fillToText(key, context.lookup));
  const call = { args, kwargs, path, attempt, idempotencyKey };
  return callWithin(run, operator.function, operator.timeout_policy, call);
}

/** The arguments of a call, and what identifies it. */
export type Call = {
  args: Json[];
  kwargs: JsonObject;
  path: string;
  attempt: number;
  idempotencyKey: string;
};

/** Calls a registered function within the time of a policy. @throws as `callFunction` does. */
export async function callWithin(
  run: Run,
  name: string,
  policy: Caller["timeout_policy"],
  call: Call,
): Promise<Json> {
  const fn = Object.hasOwn(run.functions, name) ? run.functions[name] : undefined;
  if (!fn) throw new OperatorError("UnknownFunction", `No function '${name}' is registered.`);
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
