import { atomically } from "../../absurd/connection/atomically.ts";
import { emitEvent } from "../../absurd/events/events.ts";
import { cancelTask } from "../../absurd/tasks/tasks.ts";
import type { Uuid } from "../../model/ids.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import { fillTemplates } from "../language/template.ts";
import { isMapping } from "../model/fields.ts";
import type { TaskOperator } from "../model/workflow.ts";
import { instantAfter } from "./clock.ts";
import { gather } from "./operators/parallel.ts";
import {
  blockedBy,
  completed,
  evaluate,
  failed,
  NO_NAMES,
  OperatorError,
  type Outcome,
  type PartEnd,
} from "./outcome.ts";
import type { Place, Run } from "./run.ts";

const TOOLS = new Set([
  "tools.workflow.wait_for_parallel_branches",
  "tools.workflow.wait_for_branch",
  "tools.workflow.cancel_branch",
]);

/** A branch in the value of a parallel. */
type Branch = { event: string; task_id: Uuid | null; status: string; result?: Json };

/**
 * Whether a task calls a function of the language itself, unless the worker has registered its own under that
 * name.
 */
export function isTool(run: Run, { function: name }: TaskOperator): boolean {
  return TOOLS.has(name) && !Object.hasOwn(run.functions, name);
}

/**
 * Waits for branches that a parallel has started, or cancels one. The value of a wait has their results by name.
 */
export async function runTool(run: Run, operator: TaskOperator, place: Place): Promise<Outcome> {
  const { attempt, context } = place;
  const known = run.journal.get(attempt);
  const args = evaluate(() => fillTemplates(operator.args, context.lookup)) as Json[];
  const kwargs = evaluate(() => fillTemplates(operator.kwargs, context.lookup)) as JsonObject;
  const branches = decodeBranches(args[0], args[1]);
  if (operator.function === "tools.workflow.cancel_branch") {
    if (known !== undefined) return completed(known);
    return completed(await cancelBranches(run, attempt, branches));
  }
  if (isMapping(args[0]) && args[0].timed_out === true)
    return failed(new OperatorError("TimeoutError", "The branches did not end in time."));
  const ends: { name: string; end: PartEnd }[] = [];
  for (const [name, branch] of Object.entries(branches)) {
    const end = findEnd(run, attempt, name, branch);
    if (end) ends.push({ name, end });
    else return waitFor(run, attempt, name, branch, kwargs.timeout_seconds ?? null);
  }
  const values = ends.map(({ name, end }): [string, Json] => [
    name,
    end.status === "completed" ? end.result : null,
  ]);
  const isOne = operator.function === "tools.workflow.wait_for_branch";
  const value = isOne ? (values[0]?.[1] ?? null) : Object.fromEntries(values);
  const outcome = gather(ends, value);
  if (outcome.state === "completed") await run.journal.once(attempt, () => value);
  return outcome;
}

/** @throws OperatorError for anything but the value of a parallel, or for a branch that it does not have. */
function decodeBranches(fork: Json | undefined, name: Json | undefined): Record<string, Branch> {
  if (!isMapping(fork) || !isMapping(fork.branches))
    throw new OperatorError("BadFork", "The first argument must be the value of a parallel.");
  const branches = fork.branches as Record<string, Branch>;
  if (name === undefined) return branches;
  const branch = Object.hasOwn(branches, String(name)) ? branches[String(name)] : undefined;
  if (!branch) throw new OperatorError("BadFork", `There is no branch '${String(name)}'.`);
  return { [String(name)]: branch };
}

function findEnd(run: Run, attempt: string, name: string, branch: Branch): PartEnd | undefined {
  if (branch.status === "completed")
    return { status: "completed", result: branch.result ?? null, states: {}, names: NO_NAMES };
  return run.journal.get(`${attempt}/branch/${name}`) as (PartEnd & JsonObject) | undefined;
}

async function waitFor(
  run: Run,
  attempt: string,
  name: string,
  branch: Branch,
  timeout: Json,
): Promise<Outcome> {
  const timedOut = `${attempt}/timed_out`;
  if (run.journal.get(timedOut) !== undefined)
    return failed(new OperatorError("TimeoutError", `Branch '${name}' did not end in time.`));
  const deadline = await run.journal.once(`${attempt}/deadline`, async () => {
    if (typeof timeout !== "number") return null;
    return instantAfter(await run.readClock(), timeout);
  });
  return blockedBy({
    kind: "event",
    event: branch.event,
    step: `${attempt}/branch/${name}`,
    deadline: deadline === null ? null : new Date(String(deadline)),
    timedOut,
    ...(branch.task_id !== null && { child: branch.task_id }),
  });
}

/** Cancels branches, and emits their ends for the tasks that wait for them. */
async function cancelBranches(
  run: Run,
  attempt: string,
  branches: Record<string, Branch>,
): Promise<Json> {
  const { db, queue } = run.journal.execution;
  const cancelled: JsonObject = {};
  for (const [name, { event, task_id }] of Object.entries(branches)) {
    if (task_id === null) continue;
    const error = { type: "Cancelled", message: `Branch '${name}' was cancelled.` };
    const end: PartEnd = {
      status: "cancelled",
      error,
      states: {},
      names: NO_NAMES,
    };
    await atomically(db, async (tx) => {
      await emitEvent(tx, queue, event, end as unknown as Json);
      cancelled[name] = (await cancelTask(tx, queue, { taskId: task_id })).cancelled;
    });
  }
  return run.journal.once(attempt, () => cancelled);
}
