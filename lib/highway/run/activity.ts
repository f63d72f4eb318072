import type { ActivityOperator } from "../model/workflow.ts";
import { endOfPart, partEvent, spawnParts, waitForPart } from "./children.ts";
import { failed, type Outcome } from "./outcome.ts";
import type { Place } from "./place.ts";
import type { Run } from "./run.ts";

/**
 * Runs an activity as a task of its own, whose attempts follow the activity's policy there. Its value names the event
 * that tells of its end, for those who wait for it: `{completion_event, status, result}`.
 */
export async function runActivity(
  run: Run,
  operator: ActivityOperator,
  { scope, path, context }: Place,
): Promise<Outcome> {
  const part = { scope: scope.path, operator: operator.task_id, path, names: context.all() };
  const tasks = await spawnParts(run, path, [part]);
  const end = endOfPart(run, path);
  if (!end) return waitForPart(run, path, tasks[path] ?? "");
  if (end.status !== "completed") return failed(end.error);
  const completion_event = partEvent(run.workflowRunId, path);
  const value = { completion_event, status: end.status, result: end.result };
  return { state: "completed", value };
}
