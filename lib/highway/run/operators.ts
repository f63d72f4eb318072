import { atomically } from "../../absurd/atomically.ts";
import { AbsurdDbError } from "../../absurd/errors.ts";
import { emitEvent } from "../../absurd/events.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import { evaluateCondition, parseExpression } from "../language/expression.ts";
import { fillTemplates, fillToText, TemplateError } from "../language/template.ts";
import { parseDuration } from "../model/duration.ts";
import { toDate } from "../model/instant.ts";
import type { Scope } from "../model/scopes.ts";
import { parseWaitFor } from "../model/wait-for.ts";
import type {
  EmitEventOperator,
  Operator,
  SwitchOperator,
  TaskOperator,
  WaitForEventOperator,
  WaitOperator,
} from "../model/workflow.ts";
import { runActivity } from "./activity.ts";
import { attemptPath, withAttempts } from "./attempts.ts";
import { callFunction } from "./call-function.ts";
import { type Context, toCase } from "./context.ts";
import { withDeadline } from "./deadline.ts";
import { judgeJoin } from "./join.ts";
import { runForeach, runWhile } from "./loops.ts";
import { blockedBy, completed, failed, OperatorError, type Outcome } from "./outcome.ts";
import { runParallel } from "./parallel.ts";
import type { Place } from "./place.ts";
import type { OperatorState } from "./plan.ts";
import type { Run } from "./run.ts";
import { isTool, runTool } from "./tools.ts";

/**
 * Runs an operator, or continues it, with the retries of its policy. What the workflow itself gets wrong (a function
 * that throws, an unknown path in a template) is the operator's failure.
 *
 * @throws what the engine or the database raises: then nothing is decided, and the run is to be tried again.
 */
export async function runOperator(
  run: Run,
  operator: Operator,
  scope: Scope,
  path: string,
  context: Context,
  stateOf: (id: string) => OperatorState | undefined,
): Promise<Outcome> {
  if (operator.operator_type === "activity")
    return runActivity(run, operator, { scope, path, attempt: path, context });
  return withAttempts(run, operator, path, async (attempt) => {
    const place = { scope, path, attempt: attemptPath(path, attempt), context };
    try {
      return await execute(run, operator, place, attempt, stateOf);
    } catch (error) {
      if (error instanceof TemplateError || error instanceof OperatorError) return failed(error);
      throw error;
    }
  });
}

function execute(
  run: Run,
  operator: Operator,
  place: Place,
  attempt: number,
  stateOf: (id: string) => OperatorState | undefined,
): Promise<Outcome> {
  const { path, context } = place;
  switch (operator.operator_type) {
    case "task":
      return isTool(run, operator)
        ? runTool(run, operator, place)
        : callOnce(run, operator, path, attempt, context);
    case "condition":
      return choose(
        run,
        path,
        () => evaluateCondition(operator.condition, context.lookup),
        (value) => (value ? operator.if_true : operator.if_false),
      );
    case "switch":
      return choose(
        run,
        path,
        () => parseExpression(operator.switch_on)(context.lookup),
        (value) => caseOf(operator, value),
      );
    case "wait":
      return wait(run, operator, place);
    case "emit_event":
      return emit(run, operator, place);
    case "wait_for_event":
      return awaitEvent(run, operator, place);
    case "join":
      return judgeJoin(run, operator, path, stateOf);
    case "parallel":
      return withDeadline(run, operator, place, () => runParallel(run, operator, place));
    case "foreach":
      return withDeadline(run, operator, place, () => runForeach(run, operator, place));
    case "while":
      return withDeadline(run, operator, place, () => runWhile(run, operator, place));
    default:
      return Promise.resolve(
        failed(new OperatorError("UnknownOperator", `'${operator.operator_type}' cannot be run.`)),
      );
  }
}

/** Calls the function of a task or activity unless its value is recorded, and records it. */
export async function callOnce(
  run: Run,
  operator: TaskOperator,
  path: string,
  attempt: number,
  context: Context,
): Promise<Outcome> {
  const known = run.journal.get(path);
  if (known !== undefined) return completed(known);
  let value: Json;
  try {
    value = await callFunction(run, operator, path, attempt, context);
  } catch (error) {
    // A worker that has lost the run must not record anything, least of all what its being stopped looks like.
    run.signal.throwIfAborted();
    return failed(error);
  }
  try {
    await run.journal.put({ [path]: value });
  } catch (error) {
    // Text that the database cannot store is the function's mistake, and would be no better the next time.
    if (error instanceof AbsurdDbError && error.code.startsWith("22")) return failed(error);
    throw error;
  }
  return completed(value);
}

async function choose(
  run: Run,
  path: string,
  evaluate: () => Json,
  targetOf: (value: Json) => string | null,
): Promise<Outcome> {
  const value = await run.journal.once(path, evaluate);
  return { state: "completed", value, selected: targetOf(value) };
}

function caseOf({ cases, default: otherwise }: SwitchOperator, value: Json): string | null {
  const key = toCase(value);
  return Object.hasOwn(cases, key) ? (cases[key] ?? null) : otherwise;
}

async function wait(run: Run, operator: WaitOperator, { path, context }: Place): Promise<Outcome> {
  const wake = await run.journal.once(path, async () => {
    const target = parseWaitFor(fillTemplates(operator.wait_for, context.lookup));
    if (!target || target.kind === "text")
      throw new OperatorError("BadWait", `'${operator.wait_for}' is no duration and no time.`);
    if (target.kind === "datetime") return toDate(target.text).toISOString();
    const now = await run.readClock();
    return new Date(now.getTime() + Math.ceil(target.seconds * 1000)).toISOString();
  });
  const at = new Date(String(wake));
  return at > run.now ? blockedBy({ kind: "timer", at }) : completed(wake);
}

async function emit(
  run: Run,
  operator: EmitEventOperator,
  { path, context }: Place,
): Promise<Outcome> {
  const known = run.journal.get(path);
  if (known !== undefined) return completed(known);
  const event = fillToText(operator.event_name, context.lookup);
  const payload = fillTemplates(operator.payload, context.lookup) as JsonObject;
  const { db, queue } = run.journal.execution;
  const value = { event };
  await atomically(db, async (tx) => {
    await emitEvent(tx, queue, event, payload);
    await run.journal.put({ [path]: value }, tx);
  });
  return completed(value);
}

async function awaitEvent(
  run: Run,
  operator: WaitForEventOperator,
  { attempt, context }: Place,
): Promise<Outcome> {
  const payload = run.journal.get(attempt);
  if (payload !== undefined) return completed(payload);
  const timedOut = `${attempt}/timed_out`;
  const waiting = (await run.journal.once(`${attempt}/waiting`, async () => {
    const event = fillToText(operator.event_name, context.lookup);
    return { event, deadline: await deadlineOf(run, operator) };
  })) as { event: string; deadline: string | null };
  const { event } = waiting;
  if (run.journal.get(timedOut) !== undefined)
    return failed(new OperatorError("TimeoutError", `Event '${event}' did not come in time.`));
  const deadline = waiting.deadline === null ? null : new Date(waiting.deadline);
  return blockedBy({ kind: "event", event, step: attempt, deadline, timedOut });
}

async function deadlineOf(run: Run, operator: WaitForEventOperator): Promise<string | null> {
  const policy = operator.timeout_policy && parseDuration(operator.timeout_policy.timeout);
  const limits = [operator.timeout_seconds, policy].filter((one) => typeof one === "number");
  if (limits.length === 0) return null;
  const now = await run.readClock();
  return new Date(now.getTime() + Math.min(...limits) * 1000).toISOString();
}
