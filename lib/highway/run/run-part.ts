import { atomically } from "../../absurd/atomically.ts";
import { emitEvent } from "../../absurd/events.ts";
import { completeTask } from "../../absurd/runs.ts";
import type { Json } from "../../model/json.ts";
import { type Scope, scopeAt, topScope } from "../model/scopes.ts";
import type { ActivityOperator } from "../model/workflow.ts";
import { attemptPath, withAttempts } from "./attempts.ts";
import { type PartEnd, type PartParams, partEvent } from "./children.ts";
import type { Context } from "./context.ts";
import { interpret } from "./interpret.ts";
import { callOnce } from "./operators.ts";
import type { Outcome, ScopeEnd } from "./outcome.ts";
import type { Run } from "./run.ts";

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
    if (operator?.operator_type !== "activity") throw new Error(`"${id}" is no activity.`);
    const end = await interpret(run, () => callActivity(run, operator, path, context));
    return end && toEnd(end);
  }
  const end = await interpret<ScopeEnd>(run, async () =>
    run.runScope(run, scope, path, context.inside()),
  );
  if (!end) return undefined;
  const { states, names } = end;
  return end.state === "completed"
    ? { status: end.state, result: end.value, states, names }
    : { status: end.state, error: end.error, states, names };
}

function callActivity(
  run: Run,
  operator: ActivityOperator,
  path: string,
  context: Context,
): Promise<Outcome> {
  const task = { ...operator, operator_type: "task" as const };
  return withAttempts(run, operator, path, (attempt) =>
    callOnce(run, task, attemptPath(path, attempt), attempt, context),
  );
}

function toEnd(end: Exclude<Outcome, { state: "blocked" }>): PartEnd {
  const none = { states: {}, names: { results: {}, tasks: {} } };
  if (end.state === "completed") return { status: end.state, result: end.value, ...none };
  return { status: end.state, error: end.error, ...none };
}
