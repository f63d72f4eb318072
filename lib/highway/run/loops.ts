import type { Json } from "../../model/json.ts";
import { evaluateCondition, parseExpression } from "../language/expression.ts";
import { bodyScope } from "../model/scopes.ts";
import type { ForeachOperator, WhileOperator } from "../model/workflow.ts";
import { endOfPart, spawnParts, waitForPart } from "./children.ts";
import { failed, OperatorError, type Outcome, type States } from "./outcome.ts";
import { gather } from "./parallel.ts";
import type { Place } from "./place.ts";
import type { Run } from "./run.ts";

const MAX_ROUNDS = 1000;

/** Runs the body for each item, one after another or, when `parallel`, as a task each. The value is theirs, in order. */
export async function runForeach(
  run: Run,
  operator: ForeachOperator,
  place: Place,
): Promise<Outcome> {
  const items = await run.journal.once(`${place.attempt}/items`, () => {
    const found = parseExpression(operator.items)(place.context.lookup);
    if (Array.isArray(found)) return found;
    throw new OperatorError("BadItems", `'${operator.items}' does not yield a list.`);
  });
  const list = items as Json[];
  return operator.parallel
    ? runBeside(run, operator, place, list)
    : runInTurn(run, operator, place, list);
}

async function runInTurn(
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
    if (end.state === "blocked") return end;
    Object.assign(inner, end.states);
    if (end.state === "failed")
      return failed(new OperatorError(end.error.type, inRound(index, end.error.message)), inner);
    values.push(end.value);
  }
  return { state: "completed", value: values, inner };
}

async function runBeside(
  run: Run,
  operator: ForeachOperator,
  { scope, attempt, context }: Place,
  items: Json[],
): Promise<Outcome> {
  const body = bodyScope(operator, scope).path;
  const parts = items.map((item, index) => ({
    path: `${attempt}[${index}]`,
    scope: body,
    names: context.inside({ item, index }).all(),
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
 * Runs the body as long as the expression holds. What a round makes known is known to the expression, to the next
 * round, and after the loop. The value is that of the last round.
 */
export async function runWhile(
  run: Run,
  operator: WhileOperator,
  { scope, attempt, context }: Place,
): Promise<Outcome> {
  const body = bodyScope(operator, scope);
  const limit = Number(operator.metadata.max_iterations ?? MAX_ROUNDS);
  const carried = context.inside();
  const inner: States = {};
  let value: Json = null;
  for (let index = 0; ; index++) {
    const goesOn = await run.journal.once(`${attempt}/round/${index}`, () =>
      evaluateCondition(operator.condition, carried.inside({ index }).lookup),
    );
    if (goesOn !== true) return { state: "completed", value, inner, names: carried.own() };
    if (index >= limit)
      return failed(new OperatorError("TooManyRounds", `More than ${limit} rounds.`), inner);
    const end = await run.runScope(run, body, `${attempt}[${index}]`, carried.inside({ index }));
    if (end.state === "blocked") return end;
    Object.assign(inner, end.states);
    if (end.state === "failed")
      return failed(new OperatorError(end.error.type, inRound(index, end.error.message)), inner);
    carried.adopt(end.names);
    value = end.value;
  }
}

function inRound(index: number, message: string): string {
  return `Round ${index}: ${message}`;
}
