import { inArray, sql } from "drizzle-orm";
import { nullable, text } from "@/lib/db/decode";
import { isViewRedacted } from "@/lib/db/redaction";
import { type QueueTables, queueTables } from "@/lib/db/schema";
import type { Database } from "@/lib/db/snapshot";
import { isEndState } from "@/lib/highway/machine/states";
import { isUuid, type Uuid } from "@/lib/model/ids";
import type { Iso } from "@/lib/model/instants";
import type { Checkpoint, Run, Task, TaskDetail, Wait } from "@/lib/model/task";
import type { RecordedValue, TaskRecord } from "@/lib/model/workflow";
import { redactMember } from "../scope/redact";
import type { RegisteredQueue } from "../scope/registry";
import { checkpointColumns, runColumns, taskDetailColumns } from "./columns";
import { listEmissions } from "./emissions";

/**
 * The maximum length of a JSON value in a result, about two lines on screen; the task's own page has the full
 * value.
 */
const VALUE_LIMIT = 600;
/** The maximum number of rows per table and queue, so that every result is bounded. */
const MOST_ROWS = 5_000;

/** A task with everything the engine keeps about it, and what its values report about the workflow. */
export type WorkflowTaskDetail = { detail: TaskDetail; record: TaskRecord };

/**
 * Everything the engine keeps about these tasks, as `getTask` returns it for one, by a few statements per queue.
 * In the given order; missing tasks are left out, and `truncated` of each task shows what was cut.
 */
export async function listTaskDetails(
  db: Database,
  queues: readonly RegisteredQueue[],
  tasks: readonly { queue: string; taskId: Uuid }[],
  now: Iso,
): Promise<WorkflowTaskDetail[]> {
  const details = new Map<Uuid, WorkflowTaskDetail>();
  for (const queue of queues) {
    const ids = tasks.flatMap((task) => (task.queue === queue.name ? [task.taskId] : []));
    if (ids.length === 0) continue;
    for (const found of await listInQueue(db, queue, ids, now))
      details.set(found.detail.task.taskId, found);
  }
  return tasks.flatMap(({ taskId }) => details.get(taskId) ?? []);
}

async function listInQueue(
  db: Database,
  queue: RegisteredQueue,
  ids: Uuid[],
  now: Iso,
): Promise<WorkflowTaskDetail[]> {
  const tasks = await listTaskRows(db, queue, ids);
  const runs = await listRuns(db, queue.name, ids);
  const checkpoints = await listCheckpoints(db, queue.name, ids);
  const waits = await listWaits(db, queue.name, ids);
  const cutRuns = runs.length >= MOST_ROWS;
  const cutCheckpoints = checkpoints.length >= MOST_ROWS;
  const truncated = {
    ...(cutRuns ? { runs: "some" as const } : {}),
    ...(cutCheckpoints ? { checkpoints: "some" as const } : {}),
  };
  const [runsOf, checkpointsOf, waitsOf] = [byTask(runs), byTask(checkpoints), byTask(waits)];
  const found = tasks.map(({ report, ...task }) => {
    const own = (checkpointsOf.get(task.taskId) ?? []).reverse();
    return {
      task,
      runs: (runsOf.get(task.taskId) ?? []).reverse(),
      checkpoints: own.map(({ recorded: _, ...checkpoint }) => checkpoint),
      waits: waitsOf.get(task.taskId) ?? [],
      record: toTaskRecord(report, own),
    };
  });
  const emissions = await listEmissions(db, queue.name, found);
  return found.map(({ record, ...rows }, index) => {
    const detail: TaskDetail = {
      ...rows,
      eventsEmittedAt: {},
      ...emissions[index],
      now,
      ...(cutRuns || cutCheckpoints ? { truncated } : {}),
    };
    return { detail, record };
  });
}

function byTask<Row extends { taskId: Uuid }>(rows: Row[]): Map<Uuid, Row[]> {
  const groups = new Map<Uuid, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.taskId);
    if (group) group.push(row);
    else groups.set(row.taskId, [row]);
  }
  return groups;
}

function listTaskRows(
  db: Database,
  queue: RegisteredQueue,
  ids: Uuid[],
): Promise<(Task & { report: string })[]> {
  const { tasks } = queueTables(queue.name);
  return db
    .select({ ...taskDetailColumns(queue, VALUE_LIMIT), report: taskReport(tasks) })
    .from(tasks)
    .where(inArray(tasks.taskId, ids));
}

function listRuns(db: Database, queue: string, ids: Uuid[]): Promise<Run[]> {
  const tables = queueTables(queue);
  const { runs } = tables;
  return db
    .select(runColumns(tables, VALUE_LIMIT))
    .from(runs)
    .where(inArray(runs.taskId, ids))
    .orderBy(sql`${runs.attempt} desc, ${runs.runId} desc`)
    .limit(MOST_ROWS);
}

function listCheckpoints(
  db: Database,
  queue: string,
  ids: Uuid[],
): Promise<(Checkpoint & { taskId: Uuid; recorded: string | null })[]> {
  const tables = queueTables(queue);
  const { checkpoints } = tables;
  return db
    .select({
      ...checkpointColumns(tables, VALUE_LIMIT),
      taskId: checkpoints.taskId,
      recorded: recordedValue(checkpoints),
    })
    .from(checkpoints)
    .where(inArray(checkpoints.taskId, ids))
    .orderBy(sql`${checkpoints.updatedAt} desc, ${checkpoints.name} desc`)
    .limit(MOST_ROWS);
}

function listWaits(db: Database, queue: string, ids: Uuid[]): Promise<Wait[]> {
  const { waits } = queueTables(queue);
  return db
    .select()
    .from(waits)
    .where(inArray(waits.taskId, ids))
    .orderBy(waits.createdAt, waits.stepName)
    .limit(MOST_ROWS);
}

/** The maximum size of an operators' report that is parsed, in bytes. */
const MOST_BYTES = 1_048_576;
/** The maximum length of a failure's text, in characters. */
const LONGEST_WORDS = 2_000;

/** The report of a task's header and result about the workflow, as JSON text. */
export function taskReport({ headers, result }: QueueTables["tasks"]) {
  const operators = sql`case when pg_column_size(${result}) <= ${MOST_BYTES}::int
    and jsonb_typeof(${result} -> 'operators') = 'object' then ${result} -> 'operators' end`;
  return sql`jsonb_build_object(
    'path', left(${headers} ->> 'highway_path', ${LONGEST_WORDS}::int), 'ends', ${operators})::text`.mapWith(
    text,
  );
}

/** The report of a checkpoint's value about the workflow, as JSON text; `null` if there is none. */
export function recordedValue({ name, state }: QueueTables["checkpoints"]) {
  const member = (key: string, most: number) => sql`left(${state} ->> ${key}::text, ${most}::int)`;
  return sql`case jsonb_typeof(${state})
    when 'array' then jsonb_build_object('length', jsonb_array_length(${state}))::text
    when 'object' then nullif(jsonb_strip_nulls(jsonb_build_object(
      'status', ${member("status", 40)},
      'children', case when ${name} like '%/children' and pg_column_size(${state}) <= ${MOST_BYTES}::int
        then (select jsonb_object_agg(child.key, child.value -> 'workflow_run_id') from jsonb_each(${state}) as child) end,
      'tasks', case when ${name} like '%/tasks' then (select count(*) from jsonb_object_keys(${state})) end,
      'failure', case when jsonb_typeof(${state} -> 'message') = 'string' and jsonb_typeof(${state} -> 'type') = 'string'
        then jsonb_build_object('type', ${member("type", 200)}, 'message', ${member("message", LONGEST_WORDS)}) end
    )), '{}')::text
    end`.mapWith(nullable(text));
}

/** Combines the results of `taskReport` and `recordedValue`, redacted. */
export function toTaskRecord(
  report: string,
  checkpoints: readonly { name: string; recorded: string | null }[],
): TaskRecord {
  const values = checkpoints.flatMap(({ name, recorded }): [string, RecordedValue][] =>
    recorded === null ? [] : [[name, redactRecorded(JSON.parse(recorded))]],
  );
  const { path, ends }: Pick<TaskRecord, "path" | "ends"> = JSON.parse(report);
  return {
    path: redactMember("headers", "highway_path", path),
    ends: redactEnds(ends),
    values: Object.fromEntries(values),
  };
}

/** While anything is redacted, only words for states and ids remain of users' values. */
function redactEnds(ends: TaskRecord["ends"]): TaskRecord["ends"] {
  if (ends === null || !isViewRedacted()) return ends;
  return Object.fromEntries(Object.entries(ends).filter(([, end]) => isEndState(end)));
}

function redactRecorded({ status, failure, children, ...counts }: RecordedValue): RecordedValue {
  const isOpen = !isViewRedacted();
  const ids = Object.entries(children ?? {}).filter(([, id]) => isOpen || isUuid(id));
  return {
    ...counts,
    ...(status !== undefined && (isOpen || isEndState(status)) && { status }),
    ...(children && { children: Object.fromEntries(ids) }),
    ...(failure && {
      failure: {
        type: redactMember("step", "type", failure.type),
        message: redactMember("step", "message", failure.message),
      },
    }),
  };
}
