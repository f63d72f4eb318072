import { atomically } from "../../absurd/atomically.ts";
import { completeTask } from "../../absurd/runs.ts";
import type { Json } from "../../model/json.ts";
import { topScope } from "../model/scopes.ts";
import type { Context } from "./context.ts";
import { interpret } from "./interpret.ts";
import type { ScopeEnd } from "./outcome.ts";
import { recordEnd, recordStart } from "./record.ts";
import type { Run } from "./run.ts";

/**
 * Executes a workflow. At its end the task is completed and the row of `workflow_run` says how it ended, together. A
 * workflow that fails completes its task, too, with a result that says so: attempts of the task are for crashes, and
 * another one would find the same recorded failure.
 */
export async function runRoot(run: Run, context: Context): Promise<void> {
  await recordStart(run);
  const scope = topScope(run.workflow);
  const end = await interpret<ScopeEnd>(run, async () =>
    run.runScope(run, scope, "", context.inside()),
  );
  if (!end) return;
  const { db, queue, runId } = run.journal.execution;
  await atomically(db, async (tx) => {
    await completeTask(tx, queue, runId, resultOf(end));
    await recordEnd(tx, run, end);
  });
}

function resultOf(end: ScopeEnd): Json {
  const { states } = end;
  return end.state === "completed"
    ? { status: end.state, result: end.value, operators: states as Record<string, string> }
    : { status: end.state, error: end.error, operators: states as Record<string, string> };
}
