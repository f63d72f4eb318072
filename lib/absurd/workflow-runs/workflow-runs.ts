import type { Uuid } from "../../model/ids.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import { WORKFLOW_STATUSES, type WorkflowStatus } from "../../model/states.ts";
import { readJson } from "../connection/columns.ts";
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
  findWorkflowTable,
  selectRun,
  toSummary,
  type WorkflowRow,
  type WorkflowRun,
  type WorkflowRunSummary,
  type WorkflowSchema,
} from "./table.ts";

const FINAL: readonly string[] = ["completed", "failed", "cancelled"];

/** What to record of a workflow's execution when it begins. */
export type WorkflowRunInput = {
  /** Lower-case letters, digits and underscores, beginning with a letter, without `__`. */
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
  /** Made by the database (UUIDv7) when left out. */
  workflowRunId?: Uuid;
};

/**
 * Records a workflow run as `pending` and returns its id. `queue` is where its tasks run.
 *
 * @throws InvalidArgumentError for a name or version that does not fit its pattern, or for a value that the table has
 * no column for. @throws WorkflowTableMissingError.
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

/** What to change with the status; `undefined` leaves a field, `null` clears it. */
export type WorkflowRunChange = {
  result?: Json | null;
  error?: Json | null;
  /** When left out: now, at the first `running`. */
  startedAt?: Date | null;
  /** When left out: now, at a final status; cleared when a forced change leaves one. */
  completedAt?: Date | null;
  taskCount?: number | null;
  /** Throw instead of returning `false` when there is no such run. */
  mustExist?: boolean;
  /** Allow a final status to be left. */
  force?: boolean;
};

/**
 * Changes the status of a workflow run and returns whether there is such a run. `completed`, `failed` and `cancelled`
 * are final: setting one of them again is allowed (to add a result, say), leaving it is not. Run it in the transaction
 * of the engine's call that makes it true.
 *
 * @throws InvalidArgumentError for an unknown status. @throws WorkflowRunEndedError for leaving a final status without
 * `force`. @throws WorkflowRunNotFoundError with `mustExist`. @throws WorkflowTableMissingError.
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

function toWorkflowRun(row: WorkflowRow): WorkflowRun {
  const json = (name: string) => readJson(row[name] ?? null);
  return {
    ...toSummary(row),
    inputs: json("inputs"),
    result: json("result"),
    error: json("error"),
  };
}

/** A workflow run with its payloads, or `null`. @throws WorkflowTableMissingError. */
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
  return row ? toWorkflowRun(row) : null;
}

/** Which workflow runs to list. */
export type ListWorkflowRunsOptions = {
  status?: WorkflowStatus;
  workflowName?: string;
  workflowVersion?: string;
  tenantId?: string;
  /** As returned with the page before. */
  cursor?: string;
  /** 50 by default. */
  limit?: number;
};

/** A page of workflow runs, without payloads. */
export type WorkflowRunPage = {
  runs: WorkflowRunSummary[];
  /** Where the next page begins; absent on the last one. */
  nextCursor?: string;
};

/**
 * Workflow runs, newest first (by id where the table has no `created_at`), in pages that neither repeat nor skip one
 * while others are added.
 *
 * @throws InvalidArgumentError for a cursor that is not one, or a tenant where the table has no tenants.
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
    // The cursor keeps the microseconds that a Date would lose.
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
    runs: page.map(toSummary),
    ...(rows.length > limit && last && { nextCursor: `${last.moment}~${last.workflow_run_id}` }),
  };
}

const CURSOR = /^(-infinity|[0-9T:.Z-]+)~([0-9a-f-]{36})$/;

function requirePattern(what: string, value: string, pattern: RegExp): void {
  // `$` of a JavaScript pattern without `m` matches at the very end only, so a trailing newline is refused too.
  if (typeof value !== "string" || !pattern.test(value) || value.includes("__"))
    throw new InvalidArgumentError(`${what} must match ${pattern.source} and not contain "__".`);
}
