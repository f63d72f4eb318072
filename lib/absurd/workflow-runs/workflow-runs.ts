import type { Uuid } from "../../model/ids.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import { WORKFLOW_STATUSES, type WorkflowStatus } from "../../model/states.ts";
import { decodeJson } from "../connection/columns.ts";
import {
  instantParameter,
  jsonParameter,
  requireInteger,
  requireOneOf,
} from "../connection/parameters.ts";
import type { Queryable } from "../connection/queryable.ts";
import { call } from "../connection/sql.ts";
import {
  InvalidArgumentError,
  WorkflowRunEndedError,
  WorkflowRunNotFoundError,
} from "../errors.ts";
import {
  decodeSummary,
  findWorkflowTable,
  selectRun,
  type WorkflowRow,
  type WorkflowRun,
  type WorkflowRunSummary,
  type WorkflowSchema,
} from "./table.ts";

const FINAL: readonly string[] = ["completed", "failed", "cancelled"];

/** A new workflow run. */
export type WorkflowRunInput = {
  /** A lower-case letter, then lower-case letters, digits and underscores, without `__`. */
  workflowName: string;
  /** Letters, digits, `.`, `_` and `-`, without `__`. */
  workflowVersion: string;
  inputs?: Json;
  /** The first attempt of the root task. */
  absurdRunId?: Uuid;
  absurdTaskId?: Uuid;
  createdBy?: string;
  tags?: JsonObject;
  /** SHA-256 of the definition. */
  workflowHash?: string;
  tenantId?: string;
  definitionId?: Uuid;
  parentWorkflowRunId?: Uuid;
  /** A UUIDv7 from the database by default. */
  workflowRunId?: Uuid;
};

/**
 * Inserts a workflow run as `pending` and returns its id. `queue` is the queue of its tasks.
 *
 * @throws InvalidArgumentError for a name or version that doesn't match its pattern, or for a value without a column in
 * the table. @throws WorkflowTableMissingError.
 */
export async function createWorkflowRun(
  db: Queryable,
  queue: string,
  input: WorkflowRunInput,
  options: WorkflowSchema = {},
): Promise<Uuid> {
  requirePattern("workflowName", input.workflowName, /^[a-z][a-z0-9_]*$/);
  requirePattern("workflowVersion", input.workflowVersion, /^[a-zA-Z0-9._-]+$/);
  const values: Record<string, string | null | undefined> = {
    workflow_name: input.workflowName,
    workflow_version: input.workflowVersion,
    status: "pending",
    absurd_queue: queue,
    inputs: jsonParameter(input.inputs) ?? undefined,
    absurd_run_id: input.absurdRunId,
    absurd_task_id: input.absurdTaskId,
    created_by: input.createdBy,
    tags: jsonParameter(input.tags) ?? undefined,
    workflow_hash: input.workflowHash,
    tenant_id: input.tenantId,
    definition_id: input.definitionId,
    parent_workflow_run_id: input.parentWorkflowRunId,
  };
  const table = await findWorkflowTable(db, options.schema ?? "public");
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  for (const [column] of given)
    if (!table.columns.has(column))
      throw new InvalidArgumentError(`This workflow_run table has no column ${column}.`);
  const [row] = await call<{ workflow_run_id: Uuid }>(
    db,
    `insert into ${table.sql} (workflow_run_id, ${given.map(([column]) => column).join(", ")})
     values (coalesce($1::uuid, absurd.portable_uuidv7()),
             ${given.map((_, index) => `$${index + 2}`).join(", ")})
     returning workflow_run_id`,
    [input.workflowRunId ?? null, ...given.map(([, value]) => value)],
  );
  return row?.workflow_run_id ?? "";
}

/** Changes besides the status. `undefined` keeps a field, `null` clears it. */
export type WorkflowRunChange = {
  result?: Json | null;
  error?: Json | null;
  /** Set to now at the first `running` if omitted. */
  startedAt?: Date | null;
  /** Set to now at a final status if omitted, and cleared when a forced change leaves one. */
  completedAt?: Date | null;
  taskCount?: number | null;
  /** Throw for an unknown run instead of returning `false`. */
  mustExist?: boolean;
  /** Allow a change of a final status. */
  force?: boolean;
};

/**
 * Changes the status of a workflow run; returns `false` for an unknown run. `completed`, `failed` and `cancelled`
 * are final: setting the same one again is allowed (to add a result), changing it is not. Call it in the
 * transaction of the engine's call that ends the task.
 *
 * @throws InvalidArgumentError for an unknown status.
 * @throws WorkflowRunEndedError if it would leave a final status without `force`.
 * @throws WorkflowRunNotFoundError with `mustExist`.
 * @throws WorkflowTableMissingError.
 */
export async function updateWorkflowRunStatus(
  db: Queryable,
  workflowRunId: Uuid,
  status: WorkflowStatus,
  change: WorkflowRunChange = {},
  options: WorkflowSchema = {},
): Promise<boolean> {
  requireOneOf("status", status, WORKFLOW_STATUSES);
  const { taskCount, startedAt, completedAt } = change;
  if (taskCount != null) requireInteger("taskCount", taskCount, 0);
  const values: unknown[] = [workflowRunId, change.force ?? false, [...FINAL], status];
  const changes: string[] = ["status = $4"];
  const set = (column: string, value: unknown) => {
    if (value !== undefined) changes.push(`${column} = $${values.push(value)}`);
  };
  set("result", change.result === null ? null : (jsonParameter(change.result) ?? undefined));
  set("error", change.error === null ? null : (jsonParameter(change.error) ?? undefined));
  set("task_count", taskCount);
  set("started_at", startedAt && instantParameter("startedAt", startedAt));
  set("completed_at", completedAt && instantParameter("completedAt", completedAt));
  const now = "absurd.current_time()";
  if (startedAt === undefined && status === "running")
    changes.push(`started_at = coalesce(started_at, ${now})`);
  if (completedAt === undefined)
    changes.push(
      `completed_at = ${FINAL.includes(status) ? `coalesce(completed_at, ${now})` : null}`,
    );

  const table = await findWorkflowTable(db, options.schema ?? "public");
  const updated = await call(
    db,
    `update ${table.sql} set ${changes.join(", ")}
      where workflow_run_id = $1 and ($2 or status::text <> all ($3) or status = $4)
      returning 1`,
    values,
  );
  if (updated.length > 0) return true;
  const [found] = await call<{ status: string }>(
    db,
    `select status::text from ${table.sql} where workflow_run_id = $1`,
    [workflowRunId],
  );
  if (found) throw new WorkflowRunEndedError(workflowRunId, found.status);
  if (change.mustExist) throw new WorkflowRunNotFoundError(workflowRunId);
  return false;
}

function decodeWorkflowRun(row: WorkflowRow): WorkflowRun {
  const json = (name: string) => decodeJson(row[name] ?? null);
  return {
    ...decodeSummary(row),
    inputs: json("inputs"),
    result: json("result"),
    error: json("error"),
  };
}

/** Returns a workflow run with its payloads, or `null`. @throws WorkflowTableMissingError. */
export async function getWorkflowRun(
  db: Queryable,
  workflowRunId: Uuid,
  options: WorkflowSchema = {},
): Promise<WorkflowRun | null> {
  const table = await findWorkflowTable(db, options.schema ?? "public");
  const [row] = await call<WorkflowRow>(
    db,
    `select ${selectRun(table, { payloads: true })} from ${table.sql} where workflow_run_id = $1`,
    [workflowRunId],
  );
  return row ? decodeWorkflowRun(row) : null;
}

/** Filters and paging of `listWorkflowRuns`. */
export type ListWorkflowRunsOptions = {
  status?: WorkflowStatus;
  workflowName?: string;
  workflowVersion?: string;
  tenantId?: string;
  /** `nextCursor` of the previous page. */
  cursor?: string;
  /** 50 by default. */
  limit?: number;
};

/** A page of workflow runs, without payloads. */
export type WorkflowRunPage = {
  runs: WorkflowRunSummary[];
  /** Cursor of the next page; absent on the last one. */
  nextCursor?: string;
};

/**
 * Lists workflow runs, newest first (by id if the table has no `created_at`), in pages. Runs added while paging
 * don't make a page repeat or skip others.
 *
 * @throws InvalidArgumentError for an invalid cursor, or for a tenant if the table has no tenants.
 * @throws WorkflowTableMissingError.
 */
export async function listWorkflowRuns(
  db: Queryable,
  filters: ListWorkflowRunsOptions = {},
  options: WorkflowSchema = {},
): Promise<WorkflowRunPage> {
  const { limit = 50 } = filters;
  requireInteger("limit", limit, 1);
  const table = await findWorkflowTable(db, options.schema ?? "public");
  if (filters.tenantId !== undefined && !table.columns.has("tenant_id"))
    throw new InvalidArgumentError("This workflow_run table has no column tenant_id.");
  const values: unknown[] = [limit + 1];
  const conditions: string[] = [];
  const where = (column: string, value: string | undefined) => {
    if (value !== undefined) conditions.push(`${column} = $${values.push(value)}`);
  };
  where("status", filters.status);
  where("workflow_name", filters.workflowName);
  where("workflow_version", filters.workflowVersion);
  where("tenant_id", filters.tenantId);

  const dated = table.columns.has("created_at");
  const moment = dated ? "created_at" : "'-infinity'::timestamptz";
  if (filters.cursor !== undefined) {
    const [, at, id] = CURSOR.exec(filters.cursor) ?? [];
    if (id === undefined) throw new InvalidArgumentError("The cursor is not one of this list.");
    conditions.push(
      `(${moment}, workflow_run_id) < ($${values.push(at)}::timestamptz, $${values.push(id)}::uuid)`,
    );
  }
  const rows = await call<WorkflowRow>(
    db,
    // The cursor keeps microseconds, which a Date would lose.
    `select ${selectRun(table, { payloads: false })},
            ${dated ? `to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')` : "'-infinity'"} as moment
       from ${table.sql}
      ${conditions.length > 0 ? `where ${conditions.join(" and ")}` : ""}
      order by ${dated ? "created_at desc, " : ""}workflow_run_id desc limit $1`,
    values,
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    runs: page.map(decodeSummary),
    ...(rows.length > limit && last && { nextCursor: `${last.moment}~${last.workflow_run_id}` }),
  };
}

const CURSOR = /^(-infinity|[0-9T:.Z-]+)~([0-9a-f-]{36})$/;

function requirePattern(what: string, value: string, pattern: RegExp): void {
  // Without the flag `m`, `$` matches only at the end, so a trailing newline is refused.
  if (typeof value !== "string" || !pattern.test(value) || value.includes("__"))
    throw new InvalidArgumentError(`${what} must match ${pattern.source} and not contain "__".`);
}
