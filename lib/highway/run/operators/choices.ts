import type { Json, JsonObject } from "../../../model/json.ts";
import { evaluateCondition } from "../../language/expression.ts";
import { selectedTasks } from "../../machine/routing.ts";
import type { States } from "../../machine/states.ts";
import { branchPath, branchScopes, listIds, pathIn } from "../../model/scopes.ts";
import type { MultiChoiceOperator } from "../../model/workflow.ts";
import { evaluate, OperatorError, type Outcome } from "../outcome.ts";
import { endOfPart, namesFor, spawnParts, waitForPart } from "../parts.ts";
import type { Place, Run } from "../run.ts";
import { gather } from "./parallel.ts";

/**
 * Evaluates the conditions of all branches once, before anything starts, and runs the chosen ones like the
 * branches of a parallel. The value is `{chosen, branches: {name: result}}`. Branches without a workflow name
 * operators of the surrounding scope, which become routing targets.
 */
export async function runMultiChoice(
  run: Run,
  operator: MultiChoiceOperator,
  { scope, attempt, context }: Place,
): Promise<Outcome> {
  const decision = await run.journal.once(`${attempt}/chosen`, () => {
    const names = Object.entries(operator.branches).flatMap(([name, { condition }]) =>
      evaluate(() => evaluateCondition(condition, context.lookup)) ? name : [],
    );
    const { minimum_branches: minimum } = operator;
    if (names.length < minimum)
      throw new OperatorError(
        "TooFewBranches",
        `${names.length} of at least ${minimum} branches were chosen.`,
        { chosen: names, minimum },
      );
    return names;
  });
  const chosen = (decision as Json[]).map(String);
  const all = branchScopes(operator, scope);
  const branches = all
    .filter(({ name }) => chosen.includes(name))
    .map(({ name, scope: inner }) => ({
      name,
      path: branchPath(attempt, name),
      scope: inner.path,
      names: namesFor(inner, { context }),
    }));
  const skipped: States = {};
  for (const { name, scope: inner } of all)
    if (!chosen.includes(name))
      for (const id of listIds(inner))
        skipped[pathIn({ path: branchPath(attempt, name) }, id)] = "skipped";
  const selected = selectedTasks(operator, chosen);
  if (branches.length === 0)
    return { state: "completed", value: { chosen, branches: {} }, inner: skipped, selected };
  const tasks = await spawnParts(
    run,
    attempt,
    branches.map(({ name: _, ...part }) => part),
  );
  const open = branches.find(({ path }) => !endOfPart(run, path));
  if (open) return waitForPart(run, open.path, tasks[open.path] ?? "");
  const ends = branches.flatMap(({ name, path }) => {
    const end = endOfPart(run, path);
    return end ? [{ name, end }] : [];
  });
  const results: JsonObject = Object.fromEntries(
    ends.map(({ name, end }) => [name, end.status === "completed" ? end.result : null]),
  );
  const outcome = gather(ends, { chosen, branches: results });
  if (outcome.state === "terminated") return outcome;
  const inner = { ...outcome.inner, ...skipped };
  return outcome.state === "completed" ? { ...outcome, inner, selected } : { ...outcome, inner };
}
