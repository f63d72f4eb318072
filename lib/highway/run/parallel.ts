import type { Json, JsonObject } from "../../model/json.ts";
import { branchPath, branchScopes } from "../model/scopes.ts";
import type { ParallelOperator } from "../model/workflow.ts";
import { endOfPart, type PartEnd, partEvent, spawnParts, waitForPart } from "./children.ts";
import { isForkOnly } from "./fork.ts";
import { completed, type Ended, failed, OperatorError, type Outcome } from "./outcome.ts";
import type { Place } from "./place.ts";
import type { Run } from "./run.ts";

/**
 * Runs the branches, each as a task, and waits for all of them, the failed ones included. When a task waits for the
 * branches and something else can go on meanwhile, it only starts them. The value says of each branch how it stands:
 * `{branches: {name: {event, task_id, status, result?}}}`. Branches of the older shape are tasks of the scope around.
 */
export async function runParallel(
  run: Run,
  operator: ParallelOperator,
  { scope, attempt, context }: Place,
): Promise<Outcome> {
  const branches = branchScopes(operator, scope).map(({ name, scope: inner }) => ({
    name,
    path: branchPath(attempt, name),
    scope: inner.path,
  }));
  if (branches.length === 0) return completed({ branches: {} });
  const names = context.all();
  const tasks = await spawnParts(
    run,
    attempt,
    branches.map(({ path, scope: at }) => ({ path, scope: at, names })),
  );
  const describe = (name: string, path: string, end?: PartEnd): [string, JsonObject] => [
    name,
    {
      event: partEvent(run.workflowRunId, path),
      task_id: tasks[path] ?? null,
      status: end?.status ?? "running",
      ...(end?.status === "completed" && { result: end.result }),
    },
  ];
  if (isForkOnly(run.workflow, operator, scope))
    return completed({
      branches: Object.fromEntries(branches.map(({ name, path }) => describe(name, path))),
    });
  const open = branches.find(({ path }) => !endOfPart(run, path));
  if (open) return waitForPart(run, open.path, tasks[open.path] ?? "");
  const ends = branches.map(({ name, path }) => ({ name, path, end: endOfPart(run, path) }));
  return gather(
    ends.flatMap(({ name, end }) => (end ? [{ name, end }] : [])),
    { branches: Object.fromEntries(ends.map(({ name, path, end }) => describe(name, path, end))) },
  );
}

/** The outcome of parts that have all ended: `value`, or the failure of the first that failed. */
export function gather(parts: { name: string; end: PartEnd }[], value: Json): Ended {
  const inner = Object.assign({}, ...parts.map(({ end }) => end.states));
  const names = {
    results: Object.assign({}, ...parts.map(({ end }) => end.names.results)),
    tasks: Object.assign({}, ...parts.map(({ end }) => end.names.tasks)),
  };
  const bad = parts.find(({ end }) => end.status !== "completed");
  if (!bad || bad.end.status === "completed") return { state: "completed", value, inner, names };
  const { error } = bad.end;
  return failed(
    new OperatorError(error.type, `Part '${bad.name}' failed: ${error.message}`),
    inner,
  );
}
