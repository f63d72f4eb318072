import type { Json, JsonObject } from "../../../model/json.ts";
import { partEvent } from "../../machine/entry-names.ts";
import { isFork } from "../../machine/fork.ts";
import { branchPath, branchScopes } from "../../model/scopes.ts";
import type { ParallelOperator } from "../../model/workflow.ts";
import {
  completed,
  type Ended,
  failedWith,
  type Outcome,
  type PartEnd,
  type Terminated,
} from "../outcome.ts";
import { endOfPart, namesFor, spawnParts, waitForPart } from "../parts.ts";
import type { Place, Run } from "../run.ts";

/**
 * Runs the branches, each as a task, and waits for all of them, failed ones included; a fork only starts them. The
 * value describes each branch: `{branches: {name: {event, task_id, status, result?}}}`. Branches of the 1.x shape are
 * operators of the scope around.
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
    names: namesFor(inner, { context }),
  }));
  if (branches.length === 0) return completed({ branches: {} });
  const tasks = await spawnParts(
    run,
    attempt,
    branches.map(({ name: _, ...part }) => part),
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
  if (isFork(run.workflow, scope, operator))
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
export function gather(parts: { name: string; end: PartEnd }[], value: Json): Ended | Terminated {
  const inner = Object.assign({}, ...parts.map(({ end }) => end.states));
  const names = {
    results: Object.assign({}, ...parts.map(({ end }) => end.names.results)),
    tasks: Object.assign({}, ...parts.map(({ end }) => end.names.tasks)),
  };
  for (const { end } of parts)
    if (end.status === "terminated") return { state: "terminated", by: end.by };
  const bad = parts.find(({ end }) => end.status !== "completed");
  if (!bad || !("error" in bad.end)) return { state: "completed", value, inner, names };
  const { type, message } = bad.end.error;
  return failedWith({ type, message: `Part '${bad.name}' failed: ${message}` }, inner);
}
