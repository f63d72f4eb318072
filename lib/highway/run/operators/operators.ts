import { emitEvent } from "../../../absurd/events/events.ts";
import type { Json, JsonObject } from "../../../model/json.ts";
import { evaluateCondition, parseExpression } from "../../language/expression.ts";
import { fillTemplates, fillToText } from "../../language/template.ts";
import { attemptPath } from "../../machine/entry-names.ts";
import { findJoinFailure, selectTarget } from "../../machine/routing.ts";
import type { Failure, OperatorState } from "../../machine/states.ts";
import { parseDuration } from "../../model/duration.ts";
import { toDate } from "../../model/instant.ts";
import type { Scope } from "../../model/scopes.ts";
import { parseWaitFor } from "../../model/wait-for.ts";
import {
  type BranchingOperator,
  type EmitEventOperator,
  isBranching,
  isCall,
  type JoinOperator,
  type LoopOperator,
  type Operator,
  type RouterOperator,
  type TerminateOperator,
  type WaitForEventOperator,
  type WaitOperator,
} from "../../model/workflow.ts";
import { withAttempts } from "../attempts.ts";
import { instantAfter } from "../clock.ts";
import type { Context } from "../context.ts";
import { checkPostconditions, checkPreconditions } from "../guards.ts";
import {
  blockedBy,
  completed,
  evaluate,
  failed,
  failedWith,
  isDataError,
  OperatorError,
  type Outcome,
  type Termination,
  toFailure,
} from "../outcome.ts";
import { cancelParts, runAsPart } from "../parts.ts";
import type { Place, Run } from "../run.ts";
import { isTool, runTool } from "../tools.ts";
import { callOnce } from "./calls.ts";
import { runChildWorkflows } from "./child-workflows.ts";
import { runMultiChoice } from "./choices.ts";
import { runForeach, runWhile } from "./loops.ts";
import { findWaitingTask, runParallel } from "./parallel.ts";

/** The state of a task that a join names; `undefined` if there is none. */
type StateOf = (id: string) => OperatorState | undefined;

/**
 * Runs an operator, or continues it, with the retries of its policy. An error of the workflow itself (a function
 * that throws, an unknown path in a template, an event name that cannot be stored) is the operator's failure.
 *
 * @throws any other error of the engine or the database: then nothing is decided, and the task must be executed
 * again.
 */
export async function runOperator(
  run: Run,
  operator: Operator,
  scope: Scope,
  path: string,
  context: Context,
  stateOf: StateOf,
): Promise<Outcome> {
  const refused = await refuse(run, operator, path, context);
  if (refused) return refused;
  if (operator.operator_type === "activity" || operator.operator_type === "reflexive")
    return runAsPart(run, operator, { scope, path, context });
  return withAttempts(run, operator, path, async (attempt) => {
    const place = { scope, path, attempt: attemptPath(path, attempt), context };
    try {
      const outcome = await execute(run, operator, place, attempt, stateOf);
      return await afterPostconditions(run, operator, place, outcome);
    } catch (error) {
      if (error instanceof OperatorError || isDataError(error)) return failed(error);
      throw error;
    }
  });
}

/** Checks preconditions once, when the operator is ready. A failure is final, because it would recur. */
async function refuse(
  { journal }: Run,
  operator: Operator,
  path: string,
  context: Context,
): Promise<Outcome | undefined> {
  if (operator.preconditions.length === 0) return undefined;
  if (journal.get(`${path}/pre`) !== undefined) return undefined;
  const known = journal.get(`${path}/failed`);
  if (known !== undefined) return failedWith(known as Failure);
  try {
    checkPreconditions(operator, context);
  } catch (error) {
    const failure = toFailure(error);
    await journal.put({ [`${path}/failed`]: failure });
    return failedWith(failure);
  }
  await journal.put({ [`${path}/pre`]: true });
  return undefined;
}

/**
 * Functions are checked before their values are recorded; for all other operators, the check is recorded
 * separately.
 */
async function afterPostconditions(
  { journal }: Run,
  operator: Operator,
  { attempt, context }: Place,
  outcome: Outcome,
): Promise<Outcome> {
  if (operator.postconditions.length === 0 || isCall(operator)) return outcome;
  if (outcome.state !== "completed") return outcome;
  const { value } = outcome;
  await journal.once(`${attempt}/post`, () => {
    checkPostconditions(operator, value, context);
    return true;
  });
  return outcome;
}

function execute(
  run: Run,
  operator: Operator,
  place: Place,
  attempt: number,
  stateOf: StateOf,
): Promise<Outcome> {
  const { path, context } = place;
  switch (operator.operator_type) {
    case "task":
      return isTool(run, operator)
        ? runTool(run, operator, place)
        : callOnce(run, operator, path, attempt, context);
    case "condition":
      return route(run, operator, path, () =>
        evaluateCondition(operator.condition, context.lookup),
      );
    case "switch":
      return route(run, operator, path, () => parseExpression(operator.switch_on)(context.lookup));
    case "wait":
      return wait(run, operator, place);
    case "emit_event":
      return emit(run, operator, place);
    case "wait_for_event":
      return awaitEvent(run, operator, place);
    case "join":
      return join(run, operator, path, stateOf);
    case "terminate":
      return terminate(run, operator, place);
    case "child_workflow":
      return runChildWorkflows(run, operator, place, attempt);
    case "multi_choice":
      return withLimit(run, operator, place, () => runMultiChoice(run, operator, place));
    case "parallel":
      return withLimit(run, operator, place, () => runParallel(run, operator, place));
    case "foreach":
      return withLimit(run, operator, place, () => runForeach(run, operator, place));
    case "while":
      return withLimit(run, operator, place, () => runWhile(run, operator, place));
    default:
      return Promise.resolve(
        failed(new OperatorError("UnknownOperator", `'${operator.operator_type}' cannot be run.`)),
      );
  }
}

async function route(
  run: Run,
  router: RouterOperator,
  path: string,
  decide: () => Json,
): Promise<Outcome> {
  const value = await run.journal.once(path, () => evaluate(decide));
  const target = selectTarget(router, value);
  return { state: "completed", value, selected: target === null ? [] : [target] };
}

/** Records how the run ends, before it does. */
async function terminate(
  run: Run,
  { status, result, reason }: TerminateOperator,
  { path, context }: Place,
): Promise<Outcome> {
  const fill = (value: Json) => evaluate(() => fillTemplates(value, context.lookup));
  const by = await run.journal.once(path, () => ({
    status,
    result: fill(result),
    reason: evaluate(() => fillToText(reason, context.lookup)),
  }));
  return { state: "terminated", by: { ...(by as Omit<Termination, "operator">), operator: path } };
}

async function wait(run: Run, operator: WaitOperator, { path, context }: Place): Promise<Outcome> {
  const wake = await run.journal.once(path, async () => {
    const target = evaluate(() => parseWaitFor(fillTemplates(operator.wait_for, context.lookup)));
    if (!target || target.kind === "text")
      throw new OperatorError("BadWait", `'${operator.wait_for}' is no duration and no time.`);
    if (target.kind === "datetime") return evaluate(() => toDate(target.text).toISOString());
    return instantAfter(await run.readClock(), target.seconds);
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
  const event = fillEventName(operator.event_name, context);
  const payload = evaluate(() => fillTemplates(operator.payload, context.lookup)) as JsonObject;
  const value = { event };
  await run.journal.transact(async (tx) => {
    await emitEvent(tx, run.journal.execution.queue, event, payload);
    return { [path]: value };
  });
  return completed(value);
}

/** An index entry of PostgreSQL holds about 2,700 bytes. */
const MAX_EVENT_BYTES = 2_000;

function fillEventName(template: string, context: Context): string {
  const event = evaluate(() => fillToText(template, context.lookup));
  const isStorable = !/[\0\p{Surrogate}]/u.test(event);
  if (event.trim() === "" || !isStorable || Buffer.byteLength(event) > MAX_EVENT_BYTES)
    throw new OperatorError(
      "BadEvent",
      `'${template}' yields no event name: text of 1 to ${MAX_EVENT_BYTES} bytes.`,
    );
  return event;
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
    const event = fillEventName(operator.event_name, context);
    const limits = listLimits(operator, operator.timeout_seconds);
    const deadline =
      limits.length === 0 ? null : instantAfter(await run.readClock(), Math.min(...limits));
    return { event, deadline };
  })) as { event: string; deadline: string | null };
  const { event } = waiting;
  if (run.journal.get(timedOut) !== undefined)
    return failed(new OperatorError("TimeoutError", `Event '${event}' did not come in time.`));
  const deadline = waiting.deadline === null ? null : new Date(waiting.deadline);
  return blockedBy({ kind: "event", event, step: attempt, deadline, timedOut });
}

/**
 * Ends a join whose members have the states that its mode needs. They are recorded, because later ones may differ.
 */
async function join(
  run: Run,
  { join_tasks: ids, join_mode }: JoinOperator,
  path: string,
  stateOf: StateOf,
): Promise<Outcome> {
  const isRecorded = run.journal.get(path) !== undefined;
  const unknown = ids.find((id) => !isRecorded && stateOf(id) === undefined);
  if (unknown !== undefined)
    return failed(new OperatorError("UnknownTask", `There is no task '${unknown}' to join.`));
  const seen = await run.journal.once(path, () =>
    Object.fromEntries(ids.map((id): [string, string] => [id, stateOf(id) ?? "running"])),
  );
  const states = seen as Record<string, string>;
  const members = ids.map((id): [string, string] => [id, states[id] ?? "running"]);
  const culprit = findJoinFailure(join_mode, members);
  if (culprit === undefined) return completed(seen);
  return failed(new OperatorError("JoinFailed", `Task '${culprit}' did not succeed.`));
}

/**
 * Limits an operator that consists of others. The limit is checked whenever the operator has to wait: then it
 * fails, and its tasks are cancelled; a running function is not interrupted.
 */
async function withLimit(
  run: Run,
  operator: BranchingOperator | LoopOperator,
  { scope, attempt }: Place,
  execute: () => Promise<Outcome>,
): Promise<Outcome> {
  const limits = listLimits(operator, ownLimit(run, operator, scope));
  if (limits.length === 0) return execute();
  const recorded = await run.journal.once(`${attempt}/deadline`, async () =>
    instantAfter(await run.readClock(), Math.min(...limits)),
  );
  const outcome = await execute();
  if (outcome.state !== "blocked") return outcome;
  const at = new Date(String(recorded));
  if (at > run.now) return { ...outcome, waits: [...outcome.waits, { kind: "timer", at }] };
  await cancelParts(run, attempt);
  return failed(new OperatorError("TimeoutError", `'${operator.task_id}' took too long.`));
}

/** The timeout of a parallel that a task waits for applies to that task. */
function ownLimit(
  run: Run,
  operator: BranchingOperator | LoopOperator,
  scope: Scope,
): number | null {
  if (!isBranching(operator)) return null;
  const isOfTask =
    operator.operator_type === "parallel" && findWaitingTask(run, scope, operator) !== undefined;
  return isOfTask ? null : operator.timeout;
}

/** The limits of an operator, in seconds. */
function listLimits({ timeout_policy }: Operator, own: number | null): number[] {
  const policy = timeout_policy && parseDuration(timeout_policy.timeout);
  return [own, policy].filter((one) => typeof one === "number");
}
