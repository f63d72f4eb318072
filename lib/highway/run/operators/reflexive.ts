import { stringifyJson } from "../../../absurd/connection/json.ts";
import type { Json, JsonObject } from "../../../model/json.ts";
import { fillTemplates, fillToText } from "../../language/template.ts";
import { parseDuration } from "../../model/duration.ts";
import { isMapping } from "../../model/fields.ts";
import type { ReflexiveOperator } from "../../model/workflow.ts";
import { instantAfter } from "../clock.ts";
import type { Context } from "../context.ts";
import { checkPostconditions } from "../guards.ts";
import { asStored } from "../journal.ts";
import {
  evaluate,
  failed,
  failedWith,
  isDataError,
  OperatorError,
  type Outcome,
  toFailure,
} from "../outcome.ts";
import type { Run } from "../run.ts";
import { callWithin, computeKey, findFunction, throughCircuit } from "./calls.ts";

/** Longer feedback is cut. */
const MAX_FEEDBACK = 4_000;

/** A verifier's decision on one generation. */
type Verdict = { ok: boolean; feedback: string; value: Json };

/** One attempt at a reflexive operator: where it is recorded, and the key of its calls. */
type Attempt = { path: string; number: number; key: string; context: Context };

/**
 * Generates and verifies in turns until the verifier accepts, at most `max_turns` times. Each generation and each
 * verdict is recorded, so that a worker that dies repeats only the call in progress. The value is `{output, turns,
 * accepted, feedback}`.
 */
export async function runReflexive(
  run: Run,
  operator: ReflexiveOperator,
  path: string,
  number: number,
  context: Context,
): Promise<Outcome> {
  return throughCircuit(run, operator, path, async (record) => {
    try {
      for (const name of [operator.generator, operator.verifier]) findFunction(run, name);
      const key = computeKey(run, operator, path, context);
      return await takeTurns(run, operator, { path, number, key, context }, record);
    } catch (error) {
      if (run.signal.aborted) throw error;
      if (error instanceof CallError) return failed(error.cause);
      if (error instanceof OperatorError || isDataError(error)) return failed(error);
      throw error;
    }
  });
}

/** An error thrown by a function, as opposed to failures of the engine. */
class CallError extends Error {}

async function takeTurns(
  run: Run,
  operator: ReflexiveOperator,
  attempt: Attempt,
  record: (value: Json) => Promise<Outcome>,
): Promise<Outcome> {
  const deadline = await recordDeadline(run, operator, attempt.path);
  let previous: { output: Json; verdict: Verdict } | undefined;
  for (let turn = 1; turn <= operator.max_turns; turn++) {
    const output = await generate(run, operator, attempt, { turn, previous, deadline });
    const verdict = await verify(run, operator, attempt, { turn, output, deadline });
    if (verdict === "bad") {
      const message = `'${operator.verifier}' returned no verdict in turn ${turn}.`;
      return { ...failedWith({ type: "BadVerdict", message }), isFinal: true } as Outcome;
    }
    if (verdict.ok) {
      const value = { output, turns: turn, accepted: true, feedback: verdict.feedback };
      checkPostconditions(operator, value, attempt.context);
      return record(value);
    }
    previous = { output, verdict };
  }
  const { max_turns: turns } = operator;
  const feedback = previous?.verdict.feedback ?? "";
  const message = `Not accepted after ${turns} turns: ${feedback}`;
  return failedWith({ type: "NotVerified", message, turns, feedback });
}

type Previous = { output: Json; verdict: Verdict } | undefined;

async function generate(
  run: Run,
  operator: ReflexiveOperator,
  { path, number, key, context }: Attempt,
  { turn, previous, deadline }: { turn: number; previous: Previous; deadline: Date | null },
): Promise<Json> {
  const entry = `${path}/turn/${turn}/generated`;
  const known = run.journal.get(entry);
  if (known !== undefined) return known;
  const filled = evaluate(() => asStored(fillTemplates(operator.generator_kwargs, context.lookup)));
  const kwargs = previous
    ? correct(operator, filled as JsonObject, turn, previous, context)
    : (filled as JsonObject);
  const call = { args: [], kwargs, path, attempt: number, idempotencyKey: `${key}:${turn}:g` };
  const policy = await timeLeft(run, operator, deadline);
  let value: Json;
  try {
    value = await callWithin(run, operator.generator, policy, call);
  } catch (error) {
    run.signal.throwIfAborted();
    throw new CallError("generator", { cause: error });
  }
  return run.journal.once(entry, () => value);
}

/** The arguments of a generation after the first: what was wrong with the previous one. */
function correct(
  { correction_prompt_template: template }: ReflexiveOperator,
  kwargs: JsonObject,
  turn: number,
  { output, verdict }: NonNullable<Previous>,
  context: Context,
): JsonObject {
  const { feedback } = verdict;
  const names = {
    prompt: kwargs.prompt ?? null,
    output,
    feedback,
    turn,
    verification: verdict.value,
  };
  const prompt =
    template === null ? null : evaluate(() => fillToText(template, context.inside(names).lookup));
  const replacesPrompt = prompt !== null && typeof kwargs.prompt === "string";
  return {
    ...kwargs,
    ...(replacesPrompt && { prompt }),
    correction: { turn, previous: output, feedback, prompt },
  };
}

async function verify(
  run: Run,
  operator: ReflexiveOperator,
  { path, number, key, context }: Attempt,
  { turn, output, deadline }: { turn: number; output: Json; deadline: Date | null },
): Promise<Verdict | "bad"> {
  const entry = `${path}/turn/${turn}/verified`;
  const known = run.journal.get(entry);
  if (known !== undefined) return known as Verdict;
  const filled = evaluate(() => asStored(fillTemplates(operator.verifier_kwargs, context.lookup)));
  const kwargs = { ...(filled as JsonObject), output: asStored(output), turn };
  const call = { args: [], kwargs, path, attempt: number, idempotencyKey: `${key}:${turn}:v` };
  const policy = await timeLeft(run, operator, deadline);
  let verdict: Verdict;
  try {
    const value = await callWithin(run, operator.verifier, policy, call);
    const ok = findVerdict(value);
    if (ok === undefined) return "bad";
    verdict = { ok, feedback: findFeedback(value), value };
  } catch (error) {
    run.signal.throwIfAborted();
    const failure = toFailure(error);
    // The time limit of the whole operator has passed: there is no further turn.
    if (failure.type === "TimeoutError" && deadline && deadline <= (await run.readClock()))
      throw new CallError("verifier", { cause: error });
    verdict = { ok: false, feedback: failure.message.slice(0, MAX_FEEDBACK), value: null };
  }
  return (await run.journal.once(entry, () => verdict)) as Verdict;
}

const VERDICTS = ["ok", "passed", "valid", "success"];
const FEEDBACKS = ["feedback", "message", "error", "stderr"];

/** The boolean of a verifier's value, or its first boolean field of these names, or whether its return code is 0. */
function findVerdict(value: Json): boolean | undefined {
  if (typeof value === "boolean") return value;
  if (!isMapping(value)) return undefined;
  const found = VERDICTS.map((name) => value[name]).find((one) => typeof one === "boolean");
  if (typeof found === "boolean") return found;
  return value.returncode === undefined ? undefined : value.returncode === 0;
}

function findFeedback(value: Json): string {
  const members = isMapping(value) ? FEEDBACKS.map((name) => value[name]) : [];
  const found = members.find((one) => one !== undefined && one !== null) as Json | undefined;
  const text = typeof found === "string" ? found : stringifyJson(found ?? value);
  return text.slice(0, MAX_FEEDBACK);
}

/** The timeout policy applies to all turns together. */
async function recordDeadline(
  run: Run,
  { timeout_policy }: ReflexiveOperator,
  path: string,
): Promise<Date | null> {
  const seconds = timeout_policy && parseDuration(timeout_policy.timeout);
  if (typeof seconds !== "number") return null;
  const at = await run.journal.once(`${path}/deadline`, async () =>
    instantAfter(await run.readClock(), seconds),
  );
  return new Date(String(at));
}

/** The policy of one call: the remaining time of the operator. @throws OperatorError if no time is left. */
async function timeLeft(
  run: Run,
  { timeout_policy }: ReflexiveOperator,
  deadline: Date | null,
): Promise<ReflexiveOperator["timeout_policy"]> {
  if (!deadline || !timeout_policy) return null;
  const seconds = (deadline.getTime() - (await run.readClock()).getTime()) / 1000;
  if (seconds <= 0)
    throw new OperatorError(
      "TimeoutError",
      `The turns took longer than ${timeout_policy.timeout}.`,
    );
  return { ...timeout_policy, timeout: `PT${seconds.toFixed(3)}S` };
}
