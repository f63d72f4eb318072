import { type SQL, sql } from "drizzle-orm";
import { toIso } from "@/lib/db/decode";
import { queueTables } from "@/lib/db/schema";
import type { Database } from "@/lib/db/snapshot";
import type { Uuid } from "@/lib/model/ids";
import { isUuid } from "@/lib/model/ids";
import type { Payload } from "@/lib/model/json";
import type { TaskState } from "@/lib/model/states";
import { isActive } from "@/lib/model/states";
import type { WorkflowRunSummary } from "@/lib/model/workflow";
import { payload } from "../scope/payload";
import { redact } from "../scope/redact";
import type { RegisteredQueue } from "../scope/registry";
import { runColumn, type WorkflowColumns } from "./tables";

/** Tags larger than this are not listed. */
const TAGS_LIMIT = 2_000;

/** A run as its row tells it, all as text, with the exact time that pages go by. */
export type WorkflowRunRow = Record<string, string | null> & { id: Uuid; moment: string };

/** The select-list of a run without its payloads. The table is called `w`. */
export function selectRun(columns: WorkflowColumns): SQL {
  const text = (name: string) =>
    sql`(${runColumn(columns, name)})::text as ${sql.identifier(name)}`;
  return sql.join(
    [
      sql`w.workflow_run_id::text as id`,
      columns.dated ? sql`w.created_at::text as moment` : sql`'' as moment`,
      ...TEXTS.map(text),
      sql`left(${runColumn(columns, "tags")}::text, ${TAGS_LIMIT + 1}::int) as tags`,
    ],
    sql`, `,
  );
}

const TEXTS = [
  "workflow_name",
  "workflow_version",
  "workflow_hash",
  "status",
  "absurd_queue",
  "absurd_task_id",
  "absurd_run_id",
  "tenant_id",
  "created_by",
  "task_count",
  "created_at",
  "started_at",
  "completed_at",
  "definition_id",
  "parent_workflow_run_id",
];

/** One JSON column of a run as a `Payload`. */
export function runPayload(columns: WorkflowColumns, name: "inputs" | "result" | "error") {
  return columns.runs.has(name)
    ? payload(sql`w.${sql.identifier(name)}::jsonb`, undefined, name)
    : sql<Payload>`null`;
}

type Root = { taskId: Uuid; state: TaskState };

/**
 * Completes rows with their root tasks, one look-up by primary key a run: by the task's id where the row has it, else by
 * the run's. A queue that is gone has no roots.
 */
export async function withRoots(
  db: Database,
  queues: RegisteredQueue[],
  rows: WorkflowRunRow[],
): Promise<WorkflowRunSummary[]> {
  const arms = queues.flatMap(({ name }) => {
    const { tasks, runs } = queueTables(name);
    const own = rows.filter(
      (row) => row.absurd_queue === name && (uuid(row.absurd_task_id) || uuid(row.absurd_run_id)),
    );
    if (own.length === 0) return [];
    const list = (values: (string | null)[]) => sql`${sql.param(values)}::uuid[]`;
    return sql`select wanted.id, ${tasks.taskId} as "taskId", ${tasks.state} as "state"
      from unnest(${list(own.map((row) => row.id))},
        ${list(own.map((row) => uuid(row.absurd_task_id)))},
        ${list(own.map((row) => uuid(row.absurd_run_id)))}) as wanted(id, task_id, run_id)
      left join ${runs} on ${runs.runId} = wanted.run_id and wanted.task_id is null
      join ${tasks} on ${tasks.taskId} = coalesce(wanted.task_id, ${runs.taskId})`;
  });
  const found =
    arms.length === 0
      ? []
      : (await db.execute<{ id: Uuid } & Root>(sql.join(arms, sql` union all `))).rows;
  const roots = new Map(found.map((root) => [root.id, root]));
  return rows.map((row) => toSummary(row, roots.get(row.id)));
}

function uuid(value: string | null | undefined): Uuid | null {
  return value && isUuid(value) ? value : null;
}

function toSummary(row: WorkflowRunRow, root: Root | undefined): WorkflowRunSummary {
  const text = (name: string) => row[name] ?? null;
  const instant = (name: string) => (row[name] == null ? null : toIso(row[name]));
  const storedStatus = text("status") ?? "";
  const open = storedStatus === "pending" || storedStatus === "running";
  const ended = root && !isActive(root.state);
  const sleeps = storedStatus === "running" && root?.state === "sleeping";
  return {
    workflowRunId: row.id,
    name: text("workflow_name") ?? "",
    version: text("workflow_version") ?? "",
    hash: text("workflow_hash"),
    storedStatus,
    status: sleeps ? "sleeping" : storedStatus,
    stale: open && ended ? root.state : null,
    queue: text("absurd_queue"),
    rootTaskId: root?.taskId ?? uuid(row.absurd_task_id),
    rootState: root?.state ?? null,
    tenantId: text("tenant_id"),
    createdBy: text("created_by"),
    tags: tagsOf(text("tags")),
    taskCount: row.task_count == null ? null : Number(row.task_count),
    createdAt: instant("created_at"),
    startedAt: instant("started_at"),
    completedAt: instant("completed_at"),
    definitionId: uuid(row.definition_id),
    parentWorkflowRunId: uuid(row.parent_workflow_run_id),
  };
}

function tagsOf(text: string | null): Payload {
  if (text === null) return null;
  const bytes = Buffer.byteLength(text);
  return text.length > TAGS_LIMIT
    ? { bytes, approximate: true }
    : { bytes, text: redact("tags", text).text };
}
