import type { Json, JsonObject } from "../../../model/json.ts";
import { fillTemplates } from "../../language/template.ts";
import { partEvent } from "../../machine/entry-names.ts";
import { findWaiting, isFork } from "../../machine/fork.ts";
import { branchPath, branchScopes, type Scope } from "../../model/scopes.ts";
import type { ParallelOperator } from "../../model/workflow.ts";
import { instantAfter } from "../clock.ts";
import {
  blockedBy,
  completed,
  type Ended,
  evaluate,
  failedWith,
  type Outcome,
  type PartEnd,
  type Terminated,
} from "../outcome.ts";
import { cancelParts, endOfPart, namesFor, spawnParts, waitForPart } from "../parts.ts";
import type { Place, Run } from "../run.ts";

/**
 * Runs the branches, each as a task, and waits for all of them, even if some fail; a fork only starts them. The
 * value describes each branch: `{branches: {name: {event, task_id, status, result?}}}`. Branches of the 1.x shape
 * are operators of the surrounding scope.
 *
 * If a task waits for the branches by name, the limits of that task and of the parallel apply to the task: when
 * the smaller one has passed, unfinished branches are cancelled, the value has `timed_out`, and the task fails.
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
  const until = await recordLimit(run, operator, { scope, attempt, context });
  const ends = branches.map(({ name, path }) => ({ name, path, end: endOfPart(run, path) }));
  const value = {
    branches: Object.fromEntries(ends.map(({ name, path, end }) => describe(name, path, end))),
  };
  const open = branches.find(({ path }) => !endOfPart(run, path));
  const overdue = run.journal.get(`${attempt}/overdue`);
  if (overdue !== undefined || (open && until !== null && until <= run.now)) {
    await cancelParts(run, attempt);
    const inner = Object.assign({}, ...ends.map(({ end }) => end?.states));
    const known = await run.journal.once(`${attempt}/overdue`, () => ({
      ...value,
      timed_out: true,
    }));
    return { state: "completed", value: known, inner };
  }
  if (open) {
    const wait = waitForPart(run, open.path, tasks[open.path] ?? "");
    return until === null ? wait : blockedBy(...wait.waits, { kind: "timer", at: until });
  }
  return gather(
    ends.flatMap(({ name, end }) => (end ? [{ name, end }] : [])),
    value,
  );
}

/** The task that waits for the branches by the language's own function. */
export function findWaitingTask(run: Run, scope: Scope, operator: ParallelOperator) {
  const waiting = findWaiting(scope, operator);
  return waiting && !Object.hasOwn(run.functions, waiting.function) ? waiting : undefined;
}

/** When the task that waits for the branches times out; `null` without a limit, or without such a task. */
async function recordLimit(
  run: Run,
  operator: ParallelOperator,
  { scope, attempt, context }: Pick<Place, "scope" | "attempt" | "context">,
): Promise<Date | null> {
  const waiting = findWaitingTask(run, scope, operator);
  if (!waiting) return null;
  const recorded = await run.journal.once(`${attempt}/wait_until`, async () => {
    const own = evaluate(() =>
      fillTemplates(waiting.kwargs.timeout_seconds ?? null, context.lookup),
    );
    const limits = [own, operator.timeout].filter((one) => typeof one === "number");
    return limits.length === 0 ? null : instantAfter(await run.readClock(), Math.min(...limits));
  });
  return recorded === null ? null : new Date(String(recorded));
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
