import { type SQL, sql } from "drizzle-orm";
import { instant, nullable, oneOf, text, uuid } from "@/lib/db/decode";
import type { DecodedRow } from "@/lib/db/query";
import { showDigest } from "@/lib/db/redaction";
import { queueTables } from "@/lib/db/schema";
import type { Database } from "@/lib/db/snapshot";
import type { Uuid } from "@/lib/model/ids";
import { isUuid } from "@/lib/model/ids";
import type { Payload } from "@/lib/model/json";
import { isActive, TASK_STATES } from "@/lib/model/states";
import type { WorkflowRunSummary } from "@/lib/model/workflow";
import { payload } from "../scope/payload";
import { redact } from "../scope/redact";
import type { RegisteredQueue } from "../scope/registry";
import { queryUnion } from "../scope/union";
import { runColumn, type WorkflowColumns } from "./tables";

/** In bytes. Larger tags are not listed. */
const TAGS_LIMIT = 2_000;

/**
 * Columns of a run, all optional, by their keys in a row. Other programs choose their types, so they are selected as
 * text.
 */
const TEXTS = {
  name: "workflow_name",
  version: "workflow_version",
  hash: "workflow_hash",
  status: "status",
  queue: "absurd_queue",
  rootTaskId: "absurd_task_id",
  rootRunId: "absurd_run_id",
  tenantId: "tenant_id",
  createdBy: "created_by",
  taskCount: "task_count",
  createdAt: "created_at",
  startedAt: "started_at",
  completedAt: "completed_at",
  definitionId: "definition_id",
  parentWorkflowRunId: "parent_workflow_run_id",
} as const;

const column = nullable(text);

/** A run without its payloads; `moment` is the exact time by which pages are sorted, empty if there is none. */
export const WORKFLOW_RUN_ROW = {
  id: uuid,
  moment: text,
  name: column,
  version: column,
  hash: column,
  status: column,
  queue: column,
  rootTaskId: column,
  rootRunId: column,
  tenantId: column,
  createdBy: column,
  taskCount: column,
  createdAt: nullable(instant),
  startedAt: nullable(instant),
  completedAt: nullable(instant),
  definitionId: column,
  parentWorkflowRunId: column,
  tags: column,
};
export type WorkflowRunRow = DecodedRow<typeof WORKFLOW_RUN_ROW>;

/** The select-list of `WORKFLOW_RUN_ROW`. The table's alias is `w`. */
export function selectRun(columns: WorkflowColumns): SQL {
  return sql.join(
    [
      sql`w.workflow_run_id::text as id`,
      columns.dated ? sql`w.created_at::text as moment` : sql`'' as moment`,
      ...Object.entries(TEXTS).map(
        ([key, name]) => sql`(${runColumn(columns, name)})::text as ${sql.identifier(key)}`,
      ),
      sql`left(${runColumn(columns, "tags")}::text, ${TAGS_LIMIT + 1}::int) as tags`,
    ],
    sql`, `,
  );
}

/**
 * One JSON column of a run as a `Payload`. Other programs may have created it as `json` or `text`, which hold
 * values that `jsonb` refuses.
 */
export function runPayload(columns: WorkflowColumns, name: "inputs" | "result" | "error") {
  return columns.runs.has(name)
    ? payload(sql`w.${sql.identifier(name)}::text`, undefined, name)
    : sql`null`.mapWith(nullable(neverPayload));
}

/** Decodes a column that the table lacks: there is never a value. */
function neverPayload(): Payload {
  return null;
}

const ROOT = { id: uuid, taskId: uuid, state: oneOf(TASK_STATES) };
type Root = DecodedRow<typeof ROOT>;

/**
 * Adds the root tasks to runs, one lookup by primary key per run: by the task's id if the row has it, otherwise by
 * the run's. Without its queue a run has no root.
 */
export async function withRoots(
  db: Database,
  queues: RegisteredQueue[],
  rows: WorkflowRunRow[],
): Promise<WorkflowRunSummary[]> {
  const arms = queues.flatMap(({ name }) => {
    const { tasks, runs } = queueTables(name);
    const own = rows.filter(
      (row) => row.queue === name && (findUuid(row.rootTaskId) || findUuid(row.rootRunId)),
    );
    if (own.length === 0) return [];
    const list = (values: (string | null)[]) => sql`${sql.param(values)}::uuid[]`;
    return sql`select wanted.id, ${tasks.taskId} as "taskId", ${tasks.state} as "state"
      from unnest(${list(own.map((row) => row.id))},
        ${list(own.map((row) => findUuid(row.rootTaskId)))},
        ${list(own.map((row) => findUuid(row.rootRunId)))}) as wanted(id, task_id, run_id)
      left join ${runs} on ${runs.runId} = wanted.run_id and wanted.task_id is null
      join ${tasks} on ${tasks.taskId} = coalesce(wanted.task_id, ${runs.taskId})`;
  });
  const found = await queryUnion(db, ROOT, arms);
  const roots = new Map(found.map((root) => [root.id, root]));
  return rows.map((row) => toSummary(row, roots.get(row.id)));
}

function findUuid(value: string | null): Uuid | null {
  return value && isUuid(value) ? value : null;
}

function toSummary(row: WorkflowRunRow, root: Root | undefined): WorkflowRunSummary {
  const storedStatus = row.status ?? "";
  const open = storedStatus === "pending" || storedStatus === "running";
  const ended = root && !isActive(root.state);
  const sleeps = storedStatus === "running" && root?.state === "sleeping";
  return {
    workflowRunId: row.id,
    name: row.name ?? "",
    version: row.version ?? "",
    hash: row.hash && showDigest("definition digest", row.hash),
    storedStatus,
    status: sleeps ? "sleeping" : storedStatus,
    stale: open && ended ? root.state : null,
    queue: row.queue,
    rootTaskId: root?.taskId ?? findUuid(row.rootTaskId),
    rootState: root?.state ?? null,
    tenantId: row.tenantId,
    createdBy: row.createdBy,
    tags: toTags(row.tags),
    taskCount: row.taskCount === null ? null : Number(row.taskCount),
    createdAt: row.createdAt,
    startedAt: row.startedAt,
    completedAt: row.completedAt,
    definitionId: findUuid(row.definitionId),
    parentWorkflowRunId: findUuid(row.parentWorkflowRunId),
  };
}

function toTags(text: string | null): Payload {
  if (text === null) return null;
  const bytes = Buffer.byteLength(text);
  return text.length > TAGS_LIMIT
    ? { bytes, approximate: "cut" }
    : { bytes, text: redact("tags", text).text };
}
