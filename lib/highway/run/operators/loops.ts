import type { Json } from "../../../model/json.ts";
import { evaluateCondition, parseExpression } from "../../language/expression.ts";
import type { States } from "../../machine/states.ts";
import { bodyScope } from "../../model/scopes.ts";
import type { ForeachOperator, WhileOperator } from "../../model/workflow.ts";
import { evaluate, failedWith, OperatorError, type Outcome, type ScopeEnd } from "../outcome.ts";
import { endOfPart, namesFor, spawnParts, waitForPart } from "../parts.ts";
import type { Place, Run } from "../run.ts";
import { gather } from "./parallel.ts";

const MAX_ROUNDS = 1000;

/**
 * Runs the body for each item, one after another or, with `parallel`, as one task each. The value is the list of
 * results.
 */
export async function runForeach(
  run: Run,
  operator: ForeachOperator,
  place: Place,
): Promise<Outcome> {
  const items = await run.journal.once(`${place.attempt}/items`, () => {
    const found = evaluate(() => parseExpression(operator.items)(place.context.lookup));
    if (Array.isArray(found)) return found;
    throw new OperatorError("BadItems", `'${operator.items}' does not yield a list.`);
  });
  const list = items as Json[];
  return operator.parallel
    ? runConcurrently(run, operator, place, list)
    : runSequentially(run, operator, place, list);
}

async function runSequentially(
  run: Run,
  operator: ForeachOperator,
  { scope, attempt, context }: Place,
  items: Json[],
): Promise<Outcome> {
  const body = bodyScope(operator, scope);
  const values: Json[] = [];
  const inner: States = {};
  for (const [index, item] of items.entries()) {
    const end = await run.runScope(
      run,
      body,
      `${attempt}[${index}]`,
      context.inside({ item, index }),
    );
    if (end.state === "blocked" || end.state === "terminated") return end;
    Object.assign(inner, end.states);
    if (end.state === "failed") return failedIn(index, end, inner);
    values.push(end.value);
  }
  return { state: "completed", value: values, inner };
}

async function runConcurrently(
  run: Run,
  operator: ForeachOperator,
  { scope, attempt, context }: Place,
  items: Json[],
): Promise<Outcome> {
  const body = bodyScope(operator, scope);
  const names = namesFor(body, { context });
  const parts = items.map((item, index) => ({
    path: `${attempt}[${index}]`,
    scope: body.path,
    names: { ...names, loop: { ...names.loop, item, index } },
  }));
  const tasks = await spawnParts(run, attempt, parts);
  const open = parts.find(({ path }) => !endOfPart(run, path));
  if (open) return waitForPart(run, open.path, tasks[open.path] ?? "");
  const ends = parts.flatMap(({ path }, index) => {
    const end = endOfPart(run, path);
    return end ? [{ name: String(index), end }] : [];
  });
  const values = ends.map(({ end }) => (end.status === "completed" ? end.result : null));
  const outcome = gather(ends, values);
  return outcome.state === "completed"
    ? { ...outcome, names: { results: {}, tasks: {} } }
    : outcome;
}

/**
 * Runs the body while the expression is true. Results of a round are visible to the expression, to the next round,
 * and after the loop. The value is that of the last round.
 */
export async function runWhile(
  run: Run,
  operator: WhileOperator,
  { scope, attempt, context }: Place,
): Promise<Outcome> {
  const body = bodyScope(operator, scope);
  const limit = operator.metadata.max_iterations ?? MAX_ROUNDS;
  if (typeof limit !== "number" || !(limit >= 0))
    throw new OperatorError("BadLimit", "metadata.max_iterations must be a number from 0.");
  const carried = context.inside();
  const inner: States = {};
  let value: Json = null;
  for (let index = 0; ; index++) {
    const goesOn = await run.journal.once(`${attempt}/round/${index}`, () =>
      evaluate(() => evaluateCondition(operator.condition, carried.inside({ index }).lookup)),
    );
    if (goesOn !== true) return { state: "completed", value, inner, names: carried.own() };
    if (index >= limit)
      return failedWith({ type: "TooManyRounds", message: `More than ${limit} rounds.` }, inner);
    const end = await run.runScope(run, body, `${attempt}[${index}]`, carried.inside({ index }));
    if (end.state === "blocked" || end.state === "terminated") return end;
    Object.assign(inner, end.states);
    if (end.state === "failed") return failedIn(index, end, inner);
    carried.adopt(end.names);
    value = end.value;
  }
}

function failedIn(
  index: number,
  { error }: ScopeEnd & { state: "failed" },
  inner: States,
): Outcome {
  const { type, message } = error;
  return failedWith({ type, message: `Round ${index}: ${message}` }, inner);
}
