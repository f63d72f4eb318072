import { inArray, type SQL, sql } from "drizzle-orm";
import { escapeLiteral } from "pg";
import { getDatabase } from "@/lib/db/databases";
import { instant, integer, nullable, oneOf, text, uuid } from "@/lib/db/decode";
import { type DecodedRow, fixText, query } from "@/lib/db/query";
import { type QueueTables, queueTables } from "@/lib/db/schema";
import { type Database, keepPlans } from "@/lib/db/snapshot";
import { groupBy } from "@/lib/model/group-by";
import type { Uuid } from "@/lib/model/ids";
import { TASK_STATES } from "@/lib/model/states";
import type { RunSummary, TaskSummary } from "@/lib/model/task";
import { mapInTurns, type Pausing, workInTurns } from "@/lib/model/work/turns";
import { formatPath, type JsonPath } from "@/lib/search-params/tasks/conditions";
import { errorSummary, toErrorSummary } from "../scope/error-head";
import { shownName } from "../scope/names";
import { columnText, redactColumn, type Unredacted, unredacted } from "../scope/redact";
import { FENCE } from "../scope/union";

/**
 * The fields of `TaskSummary` whose value is at a path of params, headers, result or the last attempt's error: at most
 * 200 characters, redacted.
 */
const PATH_FIELDS = {
  workflowRunId: { source: "headers", steps: ["workflow_run_id"] },
} satisfies Partial<Record<keyof TaskSummary, JsonPath>>;

type PathField = keyof typeof PATH_FIELDS;

function mapPathFields<Value>(
  map: (path: JsonPath, field: PathField) => Value,
): Record<PathField, Value> {
  const fields = Object.keys(PATH_FIELDS) as PathField[];
  const values = fields.map((field) => [field, map(PATH_FIELDS[field], field)]);
  return Object.fromEntries(values) as Record<PathField, Value>;
}

/** The columns of a listed task. Selects no payload, and redacts nothing: `toSummaries` does that. */
export function selectSummary(queue: string, tables: QueueTables) {
  const { tasks, tenantId } = tables;
  return {
    queue: sql`${queue}::text`.mapWith(text).as("queue"),
    taskId: tasks.taskId,
    name: shownName(tasks.name).mapWith(text).as("task_name"),
    state: tasks.state,
    attempts: tasks.attempts,
    maxAttempts: tasks.maxAttempts,
    enqueuedAt: tasks.enqueuedAt,
    firstStartedAt: tasks.firstStartedAt,
    cancelledAt: tasks.cancelledAt,
    lastAttemptRun: tasks.lastAttemptRun,
    // No rule redacts a tenant, whose header links tasks.
    tenantId: sql`left(${tenantId}, 200)`.mapWith(nullable(text)).as("tenant_id"),
    ...mapPathFields((path, field) => selectPath(tables, path, MOST_ROWS).as(field)),
  };
}

/** More rows than any list has. */
const MOST_ROWS = 1_000;

function selectPath(tables: QueueTables, path: JsonPath, values: number) {
  return columnText(selectSource(tables, path), path.steps, values);
}

/** The whole JSON value that a path is in. */
function selectSource({ tasks, runs }: QueueTables, { source }: JsonPath): SQL {
  if (source !== "error") return sql`${tasks[source]}`;
  return sql`(select ${runs.failureReason} from ${runs} where ${runs.runId} = ${tasks.lastAttemptRun})`;
}

/** A row of `selectSummary`, which `toSummaries` completes. */
export type TaskRow = Omit<TaskSummary, "endedAt" | "run" | PathField> &
  Record<PathField, Unredacted | null> & {
    cancelledAt: string | null;
    lastAttemptRun: Uuid | null;
  };

/** The decoders of a `TaskRow`, from a statement that selects the columns of `selectRow`. */
const TASK_ROW = {
  queue: text,
  taskId: uuid,
  name: text,
  state: oneOf(TASK_STATES),
  attempts: integer,
  maxAttempts: nullable(integer),
  enqueuedAt: instant,
  firstStartedAt: nullable(instant),
  cancelledAt: nullable(instant),
  lastAttemptRun: nullable(uuid),
  tenantId: nullable(text),
  ...mapPathFields(() => nullable(unredacted)),
};

/** The columns of a task under their names in the table: Drizzle would write each of them for each queue again. */
const STORED = sql.raw(
  "task_id, task_name, state, attempts, max_attempts, enqueue_at, first_started_at, cancelled_at, last_attempt_run",
);

/** The beginning of a statement for `queryTaskRows` that selects tasks of one queue. It has no parameters. */
export function selectRow(queue: string, tables: QueueTables): SQL {
  return sql`select ${sql.raw(escapeLiteral(queue))}::text as queue, ${STORED}, ${tables.tenantId} as tenant_id,
    ${selectSources(tables)} from ${tables.tasks}`;
}

/** The values that the path fields are in. */
function selectSources(tables: QueueTables): SQL {
  const sources = mapPathFields(
    (path, field) => sql`${selectSource(tables, path)} as ${sql.identifier(field)}`,
  );
  return sql.join(Object.values(sources), sql`, `);
}

/** The columns of `selectRow` that `packRow` packs, in its order, with their types. */
const PACKED = {
  queue: "text",
  task_name: "text",
  state: "text",
  attempts: "integer",
  max_attempts: "integer",
  enqueue_at: "timestamptz",
  first_started_at: "timestamptz",
  cancelled_at: "timestamptz",
  last_attempt_run: "uuid",
  tenant_id: "text",
};

/**
 * As `selectRow`, for hundreds of arms of a kept statement: to open an arm takes the server the longer the more columns
 * it has, and most arms have no row. So all columns that are neither large nor ordered by are one JSON array.
 */
export function packRow(queue: string, tables: QueueTables): SQL {
  const columns = Object.keys(PACKED).map((name) => {
    if (name === "queue") return sql.raw(escapeLiteral(queue));
    return name === "tenant_id" ? tables.tenantId : sql.raw(name);
  });
  return sql`select task_id, jsonb_build_array(${sql.join(columns, sql`, `)}) as packed, ${selectSources(tables)}
    from ${tables.tasks}`;
}

/** The columns of `selectRow` from the rows of `packRow`. */
const UNPACKED = sql.raw(
  Object.entries(PACKED)
    .map(([name, type], place) => `(packed ->> ${place})::${type} as ${name}`)
    .concat("packed_page.*")
    .join(", "),
);

/**
 * The first rows of all arms, which begin with `selectRow`, in this order of ids. Values at paths are selected from these
 * rows only: in each arm they would take longer to plan than all of the rest.
 *
 * @param start precedes the statement.
 * @param isFenced plans the arms without the order, which would otherwise decide how they are read: together, so that
 *   several processes may share them.
 * @param arePacked if the arms begin with `packRow`.
 */
export function queryTaskRows(
  db: Database,
  arms: readonly SQL[],
  order: SQL,
  limit: number,
  { start = sql``, isFenced = false, arePacked = false } = {},
): Promise<TaskRow[]> {
  const union = sql.join([...arms], sql` union all `);
  const paths = mapPathFields((path, field) => {
    const name = sql.identifier(field);
    return sql`${columnText(sql`page.${name}`, path.steps, MOST_ROWS)} as ${name}`;
  });
  const first = sql`select * from (${isFenced ? sql`select * from (${union}) as arms offset 0` : union}) as matches
    order by task_id ${order} limit ${limit}::int`;
  return query(
    db,
    TASK_ROW,
    sql`${start} select queue, task_id as "taskId", ${shownName(sql`task_name`)} as "name", state, attempts, max_attempts as "maxAttempts",
        enqueue_at as "enqueuedAt", first_started_at as "firstStartedAt", cancelled_at as "cancelledAt",
        last_attempt_run as "lastAttemptRun", left(tenant_id, 200) as "tenantId",
        ${sql.join(Object.values(paths), sql`, `)}
      from (${arePacked ? sql`select ${UNPACKED} from (${first}) as packed_page` : first}) as page
      order by task_id ${order}`,
  );
}

const RUN = {
  runId: uuid,
  state: oneOf(TASK_STATES),
  claimedBy: nullable(text),
  claimExpiresAt: nullable(instant),
  availableAt: instant,
  startedAt: nullable(instant),
  completedAt: nullable(instant),
  failedAt: nullable(instant),
  wakeEvent: nullable(text),
  errorName: nullable(text),
  errorMessage: nullable(text),
  errorValue: nullable(text),
};

type Run = DecodedRow<typeof RUN>;

/** The columns of a run, without parameters, by the tables of its queue. */
const runTexts = new WeakMap<QueueTables, SQL>();

function selectRuns(tables: QueueTables): SQL {
  const write =
    () => sql`select run_id, state, claimed_by, claim_expires_at, available_at, started_at, completed_at,
    failed_at, wake_event, failure_reason from ${tables.runs}`;
  if (tables.isOwn) return write();
  const text = runTexts.get(tables) ?? fixText(new Map(), "", write);
  runTexts.set(tables, text);
  return text;
}

/** The queues of the last page of several queues, by database. */
const lastQueues = new Map<string, string[]>();

/**
 * The queues whose runs a statement reads for a page with tasks of `queues`: if possible those of earlier pages too, because
 * the server keeps the plan of a statement with the same queues, and a further one costs a fraction of planning.
 */
function widen(queues: readonly string[], readable: ReadonlySet<string>): string[] {
  const database = getDatabase().name;
  const known = (lastQueues.get(database) ?? []).filter((queue) => readable.has(queue));
  const all = [...new Set([...known, ...queues])].sort();
  if (all.length <= 2 * queues.length) {
    lastQueues.set(database, all);
    return all;
  }
  // A page of few queues says nothing about the next one.
  if (queues.length > known.length / 2) lastQueues.set(database, [...queues]);
  return [...queues];
}

/**
 * Redacts the rows and adds each task's last attempt, in the given order. Reads one run per task, by primary key.
 *
 * @param queues which can be read.
 */
export async function toSummaries(
  db: Database,
  rows: TaskRow[],
  queues: readonly { name: string }[],
): Promise<TaskSummary[]> {
  if (rows.length === 0) return [];
  const ofQueues = groupBy(rows, ({ queue }) => queue);
  const readable = new Set(queues.map(({ name }) => name));
  const arms = widen([...ofQueues.keys()].sort(), readable).map((queue) => {
    const ids = ofQueues.get(queue)?.flatMap(({ lastAttemptRun }) => lastAttemptRun ?? []) ?? [];
    return sql`${selectRuns(queueTables(queue))} where run_id = any(${sql.param(ids)}::uuid[])`;
  });
  const { errorName, errorMessage, errorValue } = errorSummary(sql`run.failure_reason`);
  // The limit keeps PostgreSQL from copying the summary of the error into each arm, which takes longer to plan than
  // all of the rest.
  const found = await query(
    keepPlans(db),
    RUN,
    sql`select run_id as "runId", state, ${shownName(sql`claimed_by`)} as "claimedBy", claim_expires_at as "claimExpiresAt",
        available_at as "availableAt", started_at as "startedAt", completed_at as "completedAt",
        failed_at as "failedAt", ${shownName(sql`wake_event`)} as "wakeEvent", ${errorName.sql} as "errorName",
        ${errorMessage.sql} as "errorMessage", ${errorValue.sql} as "errorValue"
      from (${sql.join(arms, sql` union all `)} limit ${FENCE}) as run`,
  );
  const byId = new Map(found.map((run) => [run.runId, run]));
  return mapInTurns(rows, (row) => {
    const last = row.lastAttemptRun === null ? undefined : byId.get(row.lastAttemptRun);
    return toSummary(row, last);
  });
}

/** Names each field: to spread rows and take fields out of them takes many times as long. */
function toSummary(row: TaskRow, last: Run | undefined): TaskSummary {
  return {
    queue: row.queue,
    taskId: row.taskId,
    name: row.name,
    state: row.state,
    attempts: row.attempts,
    maxAttempts: row.maxAttempts,
    enqueuedAt: row.enqueuedAt,
    firstStartedAt: row.firstStartedAt,
    endedAt: last ? getEnd(row, last) : row.cancelledAt,
    tenantId: row.tenantId,
    workflowRunId: redactColumn(PATH_FIELDS.workflowRunId, row.workflowRunId),
    run: last ? toRunSummary(last) : null,
  };
}

function toRunSummary(run: Run): RunSummary {
  const { errorName, errorMessage } = toErrorSummary(run);
  return {
    runId: run.runId,
    state: run.state,
    claimedBy: run.claimedBy,
    claimExpiresAt: run.claimExpiresAt,
    availableAt: run.availableAt,
    startedAt: run.startedAt,
    wakeEvent: run.wakeEvent,
    errorName,
    errorMessage,
  };
}

function getEnd({ state, cancelledAt }: TaskRow, run: Run): string | null {
  if (state === "cancelled") return cancelledAt;
  if (state === "completed") return run.completedAt;
  return state === "failed" ? run.failedAt : null;
}

/**
 * Adds the values at these paths to tasks, in the given order: the text of a string, the JSON text of anything
 * else, at most 200 characters, and `null` if there is no value. Reads each task once more, by primary key. Paths
 * into an error use that of the last attempt.
 */
export async function withColumns(
  db: Database,
  rows: TaskSummary[],
  columns: JsonPath[],
): Promise<TaskSummary[]> {
  if (rows.length === 0 || columns.length === 0) return rows;
  const values = new Map<string, Record<string, string | null>>();
  for (const queue of new Set(rows.map((row) => row.queue))) {
    const tables = queueTables(queue);
    const { tasks } = tables;
    const ids = rows.flatMap((row) => (row.queue === queue ? row.taskId : []));
    const fields: Record<string, SQL.Aliased<Unredacted | null>> = Object.fromEntries(
      columns.map((path, index) => [
        `c${index}`,
        selectPath(tables, path, rows.length * columns.length).as(`c${index}`),
      ]),
    );
    const found = await db
      .select({ taskId: tasks.taskId, fields })
      .from(tasks)
      .where(inArray(tasks.taskId, ids));
    const shown = await workInTurns(redactColumns(columns, found));
    for (const [taskId, row] of shown) values.set(`${queue}/${taskId}`, row);
  }
  return rows.map((row) => ({ ...row, columns: values.get(`${row.queue}/${row.taskId}`) ?? {} }));
}

function* redactColumns(
  columns: JsonPath[],
  rows: { taskId: Uuid; fields: Record<string, Unredacted | null> }[],
): Pausing<[Uuid, Record<string, string | null>][]> {
  const shown: [Uuid, Record<string, string | null>][] = [];
  for (const { taskId, fields } of rows) {
    const values: Record<string, string | null> = {};
    for (const [index, path] of columns.entries()) {
      values[formatPath(path)] = redactColumn(path, fields[`c${index}`] ?? null);
      yield;
    }
    shown.push([taskId, values]);
  }
  return shown;
}
