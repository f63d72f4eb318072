import { atomically } from "../../absurd/connection/atomically.ts";
import { emitEvent } from "../../absurd/events/events.ts";
import { completeTask } from "../../absurd/runs/runs.ts";
import { spawnTask } from "../../absurd/tasks/spawn.ts";
import { cancelTask } from "../../absurd/tasks/tasks.ts";
import type { Uuid } from "../../model/ids.ts";
import { PART_TASK } from "../../model/interpreter.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import { attemptPath, partEvent } from "../machine/entry-names.ts";
import { listNames } from "../model/inputs.ts";
import { type Scope, scopeAt, topScope } from "../model/scopes.ts";
import type { ActivityOperator, ReflexiveOperator } from "../model/workflow.ts";
import { withAttempts } from "./attempts.ts";
import type { Context, Names as ContextNames } from "./context.ts";
import { emitTermination } from "./ending.ts";
import { callOnce } from "./operators/calls.ts";
import { runReflexive } from "./operators/reflexive.ts";
import { interpret } from "./operators/waits.ts";
import {
  type Blocked,
  blockedBy,
  completed,
  failedWith,
  NO_NAMES,
  type Outcome,
  type PartEnd,
} from "./outcome.ts";
import { type Place, type Run, recoveryOptions } from "./run.ts";

/** The params of a part's task. */
export type PartParams = {
  workflow_run_id: Uuid;
  root_task_id: Uuid;
  /** The scope of the definition that it runs; with `operator`, only that operator of the scope. */
  scope: string;
  operator?: string;
  /** The path of the part in this run, from which its event and its key are derived. */
  path: string;
  /** The values that its templates name, each as a whole: all of `load` for `{{ load.length }}`. */
  names: ContextNames;
  /** When the run must end, as ISO text. */
  deadline?: string;
};

/**
 * Spawns the parts of an operator, once: in one transaction with the entry that records it.
 *
 * @returns the task of each part, by its path.
 */
export async function spawnParts(
  run: Run,
  attempt: string,
  parts: Pick<PartParams, "scope" | "operator" | "path" | "names">[],
): Promise<Record<string, Uuid>> {
  const entry = `${attempt}/tasks`;
  const known = run.journal.get(entry);
  if (known !== undefined) return known as Record<string, Uuid>;
  const { workflowRunId, rootTaskId } = run;
  const { queue } = run.journal.execution;
  const made = await run.journal.transact(async (tx) => {
    const tasks: Record<string, Uuid> = {};
    for (const part of parts) {
      const params = {
        workflow_run_id: workflowRunId,
        root_task_id: rootTaskId,
        ...part,
        ...(run.deadline && { deadline: run.deadline.toISOString() }),
      };
      const { taskId } = await spawnTask(tx, queue, PART_TASK, params as Json, {
        headers: { ...run.headers, highway_path: part.path },
        idempotencyKey: `${workflowRunId}:${part.path}`,
        ...recoveryOptions(run.recovery),
      });
      tasks[part.path] = taskId;
    }
    return { [entry]: tasks };
  });
  return made[entry] ?? {};
}

/**
 * The end of a part that has ended; its event has written the entry. Anyone who can compute the event's name can
 * emit it before the part does: a payload that does not describe an end counts as a failure.
 */
export function endOfPart(run: Run, path: string): PartEnd | undefined {
  const entry = run.journal.get(path);
  if (entry === undefined) return undefined;
  const end = parseEnd(entry);
  if (end) return end;
  const message = `The event '${partEvent(run.workflowRunId, path)}' was not emitted by the part: its payload does not say how that ended.`;
  return {
    status: "failed",
    error: { type: "ForeignEvent", message },
    states: {},
    names: NO_NAMES,
  };
}

function parseEnd(entry: Json): PartEnd | undefined {
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) return undefined;
  const { status, states, names, error } = entry;
  const ended =
    status === "completed" ||
    (status === "terminated" && !!entry.by) ||
    ((status === "failed" || status === "cancelled") && !!error);
  return ended && states && names ? (entry as PartEnd & JsonObject) : undefined;
}

/** The wait for a part. */
export function waitForPart(run: Run, path: string, child: Uuid): Blocked {
  const event = partEvent(run.workflowRunId, path);
  const timedOut = `${path}/timed_out`;
  return blockedBy({ kind: "event", event, step: path, deadline: null, timedOut, child });
}

/** Cancels the parts of an operator that have not ended. */
export async function cancelParts(run: Run, attempt: string): Promise<void> {
  const tasks = (run.journal.get(`${attempt}/tasks`) ?? {}) as Record<string, Uuid>;
  const { db, queue } = run.journal.execution;
  for (const [path, taskId] of Object.entries(tasks))
    if (!endOfPart(run, path)) await cancelTask(db, queue, { taskId });
}

/** The input of a part: the values known in a place whose names the scope uses, each as a whole. */
export function namesFor(scope: Scope, { context }: Pick<Place, "context">): ContextNames {
  return pick(context.all(), listNames(scope));
}

function pick(names: ContextNames, used: ReadonlySet<string>): ContextNames {
  const only = (values: JsonObject) =>
    Object.fromEntries(Object.entries(values).filter(([name]) => used.has(name)));
  return { loop: only(names.loop), results: only(names.results), tasks: only(names.tasks) };
}

/**
 * Runs an activity or a reflexive operator as a separate task, whose attempts follow the operator's policy there.
 * The value of an activity names the event of its end, for operators that wait for it: `{completion_event, status,
 * result}`.
 */
export async function runAsPart(
  run: Run,
  operator: ActivityOperator | ReflexiveOperator,
  { scope, path, context }: Pick<Place, "scope" | "path" | "context">,
): Promise<Outcome> {
  const alone: Scope = { ...scope, operators: new Map([[operator.task_id, operator]]) };
  const names = namesFor(alone, { context });
  const part = { scope: scope.path, operator: operator.task_id, path, names };
  const tasks = await spawnParts(run, path, [part]);
  const end = endOfPart(run, path);
  if (!end) return waitForPart(run, path, tasks[path] ?? "");
  if (end.status === "terminated") return { state: "terminated", by: end.by };
  if (end.status !== "completed") return failedWith(end.error);
  if (operator.operator_type === "reflexive") return completed(end.result);
  const completion_event = partEvent(run.workflowRunId, path);
  return completed({ completion_event, status: end.status, result: end.result });
}

/** Executes a part of a workflow. At its end its event is emitted and its task completed, together. */
export async function runPart(run: Run, context: Context, part: PartParams): Promise<void> {
  const scope = scopeAt(topScope(run.workflow), part.scope);
  if (!scope) throw new Error(`The workflow has no part "${part.scope}".`);
  const names = context.inside(part.names.loop);
  names.adopt(part.names);
  const end = await executePart(run, names, part, scope);
  if (!end) return;
  const { db, queue, runId } = run.journal.execution;
  const result = end as unknown as Json;
  await atomically(db, async (tx) => {
    if (end.status === "terminated") await emitTermination(tx, run, end.by);
    await emitEvent(tx, queue, partEvent(run.workflowRunId, part.path), result);
    await completeTask(tx, queue, runId, result);
  });
}

async function executePart(
  run: Run,
  context: Context,
  { operator: id, path }: PartParams,
  scope: Scope,
): Promise<PartEnd | undefined> {
  if (id !== undefined) {
    const operator = scope.operators.get(id);
    if (operator?.operator_type !== "activity" && operator?.operator_type !== "reflexive")
      throw new Error(`"${id}" does not run as a part.`);
    const end = await interpret(run, () =>
      withAttempts(run, operator, path, (attempt) => {
        const at = attemptPath(path, attempt);
        return operator.operator_type === "reflexive"
          ? runReflexive(run, operator, at, attempt, context)
          : callOnce(run, operator, at, attempt, context);
      }),
    );
    if (!end) return undefined;
    const nothing = { states: {}, names: NO_NAMES };
    if (end.state === "completed") return { status: end.state, result: end.value, ...nothing };
    if (end.state === "failed") return { status: end.state, error: end.error, ...nothing };
    return { status: end.state, by: end.by, ...nothing };
  }
  const end = await interpret(run, () => run.runScope(run, scope, path, context.inside()));
  if (!end) return undefined;
  const { states, names } = end;
  switch (end.state) {
    case "completed":
      return { status: end.state, result: end.value, states, names };
    case "failed":
      return { status: end.state, error: end.error, states, names };
    case "terminated":
      return { status: end.state, by: end.by, states, names };
  }
}
