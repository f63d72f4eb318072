import "server-only";
import { type SQL, sql } from "drizzle-orm";
import { query } from "@/lib/db/query";
import { redactionRules } from "@/lib/db/redaction";
import type { Database, ReadOptions } from "@/lib/db/snapshot";
import type { Count } from "@/lib/model/count";
import type { Uuid } from "@/lib/model/ids";
import { type Iso, toInstant, toMs } from "@/lib/model/instants";
import type { Payload } from "@/lib/model/json";
import { type KeyRange, uuidFloor, uuidInstant, uuidMilliseconds } from "@/lib/model/key-range";
import { type Direction, formatCursor, PLACE } from "@/lib/model/page";
import { ProblemError } from "@/lib/model/problem";
import type {
  ChildRun,
  WorkflowRunDetail,
  WorkflowRunPage,
  WorkflowRunSummary,
} from "@/lib/model/workflow";
import { isPathRedacted } from "@/lib/redaction/rules";
import { rangeMilliseconds } from "@/lib/search-params/parsers";
import type { WorkflowFilters, WorkflowPayloadName } from "@/lib/search-params/workflows";
import { requireCursor } from "./scope/key-pages";
import { listSlices } from "./scope/payload";
import { isTextShown } from "./scope/redact";
import { type RegisteredQueue, toUnreadable, withQueues } from "./scope/registry";
import { type FoundTask, type FoundTasks, searchWorkflowTasks } from "./search/headers";
import { listTaskDetails } from "./task/workflow-tasks";
import {
  runPayload,
  selectRun,
  WORKFLOW_RUN_ROW,
  type WorkflowRunRow,
  withRoots,
} from "./workflows/rows";
import {
  describeTables,
  getWorkflowColumns,
  runColumn,
  type WorkflowColumns,
} from "./workflows/tables";

/**
 * One page of workflow runs, newest first; by id if the table has no time of creation. All filters apply together;
 * one on a column that the table lacks matches nothing. Pages neither repeat nor skip a run while others are
 * added. Without the table the page is empty, and `tables` shows why.
 *
 * @throws ProblemError `bad_request` for a foreign cursor, and as `withQueues` does.
 */
export function listWorkflowRuns(
  filters: WorkflowFilters,
  options: ReadOptions = {},
): Promise<WorkflowRunPage> {
  return withQueues([], options, async ({ db, now, queues, unreadable }) => {
    const columns = await getWorkflowColumns(db, queues);
    const tables = describeTables(columns);
    const page = {
      ...{ rows: [], older: null, newer: null, now, tables },
      ...(unreadable.length > 0 ? { unreadable: unreadable.map(toUnreadable) } : {}),
    };
    if (!tables.runs) return page;
    const from = filters.cursor === null ? null : parseWorkflowCursor(filters.cursor);
    const found = await listRows(db, columns, filters, from, now);
    const isOlder = from?.direction !== "newer";
    const shown = found.slice(0, filters.limit);
    const key = (row: WorkflowRunRow | undefined) => row && { moment: row.moment, id: row.id };
    const ahead = found.length > filters.limit ? key(shown.at(-1)) : undefined;
    const behind = from ? (key(shown[0]) ?? from.key) : undefined;
    const older = isOlder ? ahead : behind;
    const newer = isOlder ? behind : ahead;
    return {
      ...page,
      rows: await withRoots(db, queues, isOlder ? shown : shown.reverse()),
      older: older ? formatCursor("older", older.moment, older.id) : null,
      newer: newer ? formatCursor("newer", newer.moment, newer.id) : null,
    };
  });
}

type From = { direction: "older" | "newer"; key: WorkflowKey } | null;

async function listRows(
  db: Database,
  columns: WorkflowColumns,
  filters: WorkflowFilters,
  from: From,
  now: Iso,
): Promise<WorkflowRunRow[]> {
  const older = from?.direction !== "newer";
  const order = older ? sql`desc` : sql`asc`;
  const beyond = from ? [isBeyond(columns, from.key, older)] : [];
  const conditions = [sql`true`, ...toConditions(columns, filters, now), ...beyond];
  return query(
    db,
    WORKFLOW_RUN_ROW,
    sql`
    select ${selectRun(columns)} from ${columns.from.runs}
    where ${sql.join(conditions, sql` and `)}
    order by ${columns.dated ? sql`w.created_at ${order}, ` : sql``}w.workflow_run_id ${order}
    limit ${filters.limit + 1}::int`,
  );
}

function isBeyond({ dated }: WorkflowColumns, { moment, id }: WorkflowKey, older: boolean): SQL {
  const sign = older ? sql`<` : sql`>`;
  if (!dated || moment === "") return sql`w.workflow_run_id ${sign} ${id}::uuid`;
  return sql`(w.created_at, w.workflow_run_id) ${sign} (${moment}::timestamptz, ${id}::uuid)`;
}

function toConditions(columns: WorkflowColumns, filters: WorkflowFilters, now: Iso): SQL[] {
  const among = (name: string, values: readonly string[]) =>
    values.length === 0
      ? []
      : [
          ownFirst(
            columns,
            sql`${runColumn(columns, name)}::text = any(${sql.param(values)}::text[])`,
          ),
        ];
  const time = runColumn(columns, columns.dated ? "created_at" : "started_at");
  const { after, before, range } = filters;
  const since = range && toInstant(toMs(now) - rangeMilliseconds(range));
  return [
    ...among("workflow_name", filters.name),
    ...among("workflow_version", filters.version),
    ...among("status", filters.status),
    ...among("tenant_id", filters.tenant),
    ...among("created_by", filters.creator),
    ...(filters.run?.length
      ? [sql`w.workflow_run_id = any(${sql.param(filters.run)}::uuid[])`]
      : []),
    ...requireFewTags(filters.tag).map((tag) =>
      ownFirst(columns, hasTag(runColumn(columns, "tags"), tag)),
    ),
    ...[after, since].flatMap((at) => (at ? [sql`${time} >= ${at}::timestamptz`] : [])),
    ...(before ? [sql`${time} < ${before}::timestamptz`] : []),
  ];
}

/**
 * The condition, evaluated for visible runs only. The database would otherwise evaluate cheap conditions first, and the
 * duration of a search would reveal what other tenants' runs hold.
 */
function ownFirst({ from: { isOwn } }: WorkflowColumns, condition: SQL): SQL {
  return isOwn ? sql`case when ${isOwn} then ${condition} else false end` : condition;
}

/** Each tag is an expression in SQL. */
const MOST_TAGS = 20;

/** @throws ProblemError `bad_request` */
function requireFewTags(tags: string[]): string[] {
  if (tags.length <= MOST_TAGS) return tags;
  throw new ProblemError({
    code: "bad_request",
    message: `The parameter tag has more than ${MOST_TAGS} items.`,
  });
}

/**
 * `key=value` matches the text, and the JSON number or literal that is written the same.
 *
 * @throws ProblemError `bad_request` if the searched value is redacted.
 */
function hasTag(tags: SQL, tag: string): SQL {
  const rules = redactionRules();
  const at = tag.indexOf("=");
  // Without a value it is the key of an object, or an element of an array.
  const isRedacted = at < 0 ? rules.everything : isPathRedacted(rules, "tags", [tag.slice(0, at)]);
  if (isRedacted || !isTextShown("tags", tag.slice(at + 1)))
    throw new ProblemError({
      code: "bad_request",
      message: "This tag cannot be searched: it is redacted.",
    });
  if (at < 0) return sql`jsonb_exists(${tags}::jsonb, ${tag})`;
  const [key, value] = [JSON.stringify(tag.slice(0, at)), tag.slice(at + 1)];
  const forms = [JSON.stringify(value), ...(LITERAL.test(value) ? [value] : [])];
  const matches = forms.map((form) => sql`${tags}::jsonb @> ${`{${key}:${form}}`}::jsonb`);
  return sql`(${sql.join(matches, sql` or `)})`;
}

const LITERAL = /^(true|false|null|-?(0|[1-9]\d{0,30})(\.\d{1,30})?)$/;

/** The maximum number of tasks in a result: the root and the oldest. */
const MOST_TASKS = 200;
/** The largest difference between the clocks of writers, in milliseconds. */
const MARGIN = 60_000;
/** How far back to search for the tasks of a run without a start time, in milliseconds. */
const LOOK_BACK = 7 * 86_400_000;

/**
 * A workflow run with its tasks, in one snapshot: the root, and the tasks of any queue whose headers name the run,
 * oldest first.
 *
 * @throws ProblemError `workflow_run_not_found`, and as `withQueues` does.
 */
export function getWorkflowRun(
  workflowRunId: Uuid,
  options: ReadOptions = {},
): Promise<WorkflowRunDetail> {
  return withQueues([], options, async ({ db, now, queues, unreadable }) => {
    const columns = await getWorkflowColumns(db, queues);
    const row = await findWorkflowRun(db, columns, workflowRunId);
    const [run] = row ? await withRoots(db, queues, [row]) : [];
    if (!run) throw workflowRunNotFound(workflowRunId);
    const names = queues.map((queue) => queue.name);
    const life = computeLifetime(run, now);
    const result = await searchWorkflowTasks(db, names, workflowRunId, life, options);
    const shown = putRootFirst(result.found, run).slice(0, MOST_TASKS);
    const found = await listTaskDetails(db, queues, shown, now);
    return {
      run,
      ...(await getPayloads(db, columns, workflowRunId)),
      tasks: found.map(({ detail }) => detail),
      records: Object.fromEntries(found.map(({ detail, record }) => [detail.task.taskId, record])),
      children: await listChildren(db, queues, columns, workflowRunId),
      linked: countLinked(result, run),
      ...(result.rest ? { searchedTo: uuidInstant(result.rest) } : {}),
      ...(unreadable.length > 0 ? { unreadable: unreadable.map(toUnreadable) } : {}),
      now,
    };
  });
}

/** The maximum number of child workflows in a result: the oldest. */
const MOST_CHILDREN = 200;

/** The runs that a run has started as child workflows, in the order of their ids. */
async function listChildren(
  db: Database,
  queues: RegisteredQueue[],
  columns: WorkflowColumns,
  workflowRunId: Uuid,
): Promise<ChildRun[]> {
  if (!columns.runs.has("parent_workflow_run_id")) return [];
  const rows = await query(
    db,
    WORKFLOW_RUN_ROW,
    sql`
    select ${selectRun(columns)} from ${columns.from.runs}
    where ${runColumn(columns, "parent_workflow_run_id")} = ${workflowRunId}::uuid
    order by w.workflow_run_id limit ${MOST_CHILDREN}::int`,
  );
  const runs = await withRoots(db, queues, rows);
  return runs.map(({ workflowRunId: id, name, version, status, storedStatus, stale }) => ({
    workflowRunId: id,
    name,
    version,
    status,
    storedStatus,
    stale,
  }));
}

/** The problem of an unknown run, or a missing table of runs. */
export function workflowRunNotFound(workflowRunId: Uuid): ProblemError {
  return new ProblemError({
    code: "workflow_run_not_found",
    message: `There is no workflow run ${workflowRunId}.`,
    hint: "It may have been removed, or the database keeps no workflow runs.",
  });
}

/** The row of a run; `undefined` for an unknown run or without the table. */
export async function findWorkflowRun(
  db: Database,
  columns: WorkflowColumns,
  workflowRunId: Uuid,
): Promise<WorkflowRunRow | undefined> {
  if (columns.runs.size === 0) return undefined;
  const [row] = await query(
    db,
    WORKFLOW_RUN_ROW,
    sql`select ${selectRun(columns)} from ${columns.from.runs} where w.workflow_run_id = ${workflowRunId}::uuid`,
  );
  return row;
}

async function getPayloads(
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

/** The range of ids that tasks spawned by this run can have. */
function computeLifetime(run: WorkflowRunSummary, now: Iso): KeyRange {
  const starts = [run.createdAt, run.startedAt].flatMap((at) => (at ? [toMs(at)] : []));
  const spawned = run.rootTaskId ? [uuidMilliseconds(run.rootTaskId)] : [];
  const from = Math.min(...starts, ...spawned, toMs(now)) - MARGIN;
  const known = starts.length > 0 || spawned.length > 0;
  const to = toMs(run.completedAt ?? now) + MARGIN;
  return { from: uuidFloor(known ? from : toMs(now) - LOOK_BACK), to: uuidFloor(to) };
}

function putRootFirst(found: FoundTask[], { queue, rootTaskId, rootState }: WorkflowRunSummary) {
  if (!queue || !rootTaskId || !rootState) return found;
  return [{ queue, taskId: rootTaskId }, ...found.filter((task) => task.taskId !== rootTaskId)];
}

function countLinked({ found, rest, full }: FoundTasks, run: WorkflowRunSummary): Count {
  return {
    value: putRootFirst(found, run).length,
    precision: rest || full ? "capped" : "exact",
  };
}

/**
 * The exact text of one JSON value of a workflow run, of any size, in slices. Redacted values are masked.
 *
 * @throws ProblemError `payload_not_found`, and as `withQueues` does.
 */
export function getWorkflowPayload(
  workflowRunId: Uuid,
  of: WorkflowPayloadName,
  options: ReadOptions = {},
): Promise<string[]> {
  return withQueues([], options, async ({ db, queues }) => {
    const columns = await getWorkflowColumns(db, queues);
    const row = sql`${columns.from.runs} where w.workflow_run_id = ${workflowRunId}::uuid`;
    const slices =
      columns.runs.size === 0 ? [] : await listSlices(db, runColumn(columns, of), row, of);
    if (slices.length === 0)
      throw new ProblemError({ code: "payload_not_found", message: "There is no such value." });
    return slices;
  });
}

/** The sort key of a run: its time of creation with microseconds, or an empty text, then its id. */
type WorkflowKey = { moment: string; id: string };

/** @throws ProblemError `bad_request` for a foreign cursor. */
function parseWorkflowCursor(cursor: string): { direction: Direction; key: WorkflowKey } {
  const isMoment = (part: string) => part === "" || PLACE.time(part);
  const { direction, place } = requireCursor(cursor, [isMoment, PLACE.id]);
  const [moment, id] = place;
  return { direction, key: { moment, id } };
}
