import "server-only";
import { sql } from "drizzle-orm";
import type { Database, ReadOptions } from "@/lib/db/snapshot";
import type { Count } from "@/lib/model/count";
import type { Uuid } from "@/lib/model/ids";
import type { Iso } from "@/lib/model/instants";
import type { Payload } from "@/lib/model/json";
import { type KeyRange, uuidFloor, uuidInstant, uuidMilliseconds } from "@/lib/model/key-range";
import type { WorkflowRunDetail, WorkflowRunSummary } from "@/lib/model/workflow";
import { ReadError } from "./errors";
import type { FoundTask, FoundTasks } from "./header-search";
import { readQueues } from "./registry";
import { runPayload, selectRun, type WorkflowRunRow, withRoots } from "./workflow-run-rows";
import { readWorkflowColumns, type WorkflowColumns } from "./workflow-tables";
import { readTaskDetails } from "./workflow-task-details";
import { searchWorkflowTasks } from "./workflow-task-search";

/** Of more tasks than this, the root and the oldest are shown. */
const MOST_TASKS = 200;
/** Clocks of writers may differ by this much, in milliseconds. */
const MARGIN = 60_000;
/** Where nothing tells when a run began, its tasks are looked for this far back, in milliseconds. */
const LOOK_BACK = 7 * 86_400_000;

/**
 * A workflow run with its tasks: the root, and those of the run's life that carry its id in their headers, the oldest
 * first, whatever their queues. In one snapshot.
 *
 * @throws ReadError `workflow_run_not_found`, and what `readQueues` throws.
 */
export function getWorkflowRun(
  workflowRunId: Uuid,
  options: ReadOptions = {},
): Promise<WorkflowRunDetail> {
  return readQueues([], options, async ({ db, now, queues }) => {
    const columns = await readWorkflowColumns(db, queues);
    const row = await readRow(db, columns, workflowRunId);
    const [run] = row ? await withRoots(db, queues, [row]) : [];
    if (!run) throw workflowRunNotFound(workflowRunId);
    const names = queues.map((queue) => queue.name);
    const life = lifeOf(run, now);
    const result = await searchWorkflowTasks(db, names, workflowRunId, life, options);
    const shown = rootFirst(result.found, run).slice(0, MOST_TASKS);
    const found = await readTaskDetails(db, queues, shown, now);
    return {
      run,
      ...(await readPayloads(db, columns, workflowRunId)),
      tasks: found.map(({ detail }) => detail),
      records: Object.fromEntries(found.map(({ detail, record }) => [detail.task.taskId, record])),
      linked: countOf(result, run),
      ...(result.rest ? { searchedTo: uuidInstant(result.rest) } : {}),
      now,
    };
  });
}

/** Says that there is no such run, or no table of runs at all. */
export function workflowRunNotFound(workflowRunId: Uuid): ReadError {
  return new ReadError(
    "workflow_run_not_found",
    `There is no workflow run ${workflowRunId}.`,
    "It may have been removed, or the database keeps no workflow runs.",
  );
}

/** The row of a run, or nothing; also where there is no table. */
export async function readRow(
  db: Database,
  columns: WorkflowColumns,
  workflowRunId: Uuid,
): Promise<WorkflowRunRow | undefined> {
  if (columns.runs.size === 0) return undefined;
  const { rows } = await db.execute<WorkflowRunRow>(
    sql`select ${selectRun(columns)} from ${columns.from.runs} where w.workflow_run_id = ${workflowRunId}::uuid`,
  );
  return rows[0];
}

async function readPayloads(
  db: Database,
  columns: WorkflowColumns,
  workflowRunId: Uuid,
): Promise<Record<"inputs" | "result" | "error", Payload>> {
  const [payloads] = await db
    .select({
      inputs: runPayload(columns, "inputs"),
      result: runPayload(columns, "result"),
      error: runPayload(columns, "error"),
    })
    .from(columns.from.runs)
    .where(sql`w.workflow_run_id = ${workflowRunId}::uuid`);
  return payloads ?? { inputs: null, result: null, error: null };
}

/** The ids that tasks spawned by this run can have. */
function lifeOf(run: WorkflowRunSummary, now: Iso): KeyRange {
  const starts = [run.createdAt, run.startedAt].flatMap((at) => (at ? [Date.parse(at)] : []));
  const spawned = run.rootTaskId ? [uuidMilliseconds(run.rootTaskId)] : [];
  const from = Math.min(...starts, ...spawned, Date.parse(now)) - MARGIN;
  const known = starts.length > 0 || spawned.length > 0;
  const to = Date.parse(run.completedAt ?? now) + MARGIN;
  return { from: uuidFloor(known ? from : Date.parse(now) - LOOK_BACK), to: uuidFloor(to) };
}

function rootFirst(found: FoundTask[], { queue, rootTaskId, rootState }: WorkflowRunSummary) {
  if (!queue || !rootTaskId || !rootState) return found;
  return [{ queue, taskId: rootTaskId }, ...found.filter((task) => task.taskId !== rootTaskId)];
}

function countOf({ found, rest, full }: FoundTasks, run: WorkflowRunSummary): Count {
  return {
    value: rootFirst(found, run).length,
    precision: rest || full ? "capped" : "exact",
  };
}
