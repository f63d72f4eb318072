import "server-only";
import { type SQL, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import { integer, nullable, oneOf, text, uuid } from "@/lib/db/decode";
import { ownFirst, queueTables } from "@/lib/db/schema";
import { type Database, keepPlans, type ReadOptions } from "@/lib/db/snapshot";
import { getTenants } from "@/lib/db/tenants";
import type { Uuid } from "@/lib/model/ids";
import { toMs } from "@/lib/model/instants";
import {
  EVERYTHING,
  intersect,
  type KeyRange,
  prefixRange,
  uuidFloor,
} from "@/lib/model/key-range";
import type { FindResult, FoundTask, FoundWorkflow } from "@/lib/model/rows/found";
import { TASK_STATES } from "@/lib/model/states";
import type { ShortId } from "@/lib/search-params/parsers";
import { inKeyRange } from "./scope/key-pages";
import { queryPortions } from "./scope/portions";
import { toUnreadable, withQueues } from "./scope/registry";
import { MANY_QUEUES, queryUnion } from "./scope/union";
import { scanWindows } from "./search/windows";
import { findWorkflowRun } from "./workflows";
import type { WorkflowRunRow } from "./workflows/rows";
import { getWorkflowColumns } from "./workflows/tables";

/**
 * The task or run with this id in any readable queue, and the workflow run, by primary keys. If empty, nothing has
 * this id, unless a queue was unreadable.
 *
 * @throws ProblemError as `withQueues` does.
 */
export function findById(id: Uuid, options: ReadOptions = {}): Promise<FindResult> {
  return withQueues([], options, async ({ db, queues, unreadable }) => {
    const names = queues.map(({ name }) => name);
    const [tasks, workflow] = await Promise.all([
      findTasks(db, names, id),
      getWorkflowColumns(db, queues).then((columns) => findWorkflowRun(db, columns, id)),
    ]);
    return {
      found: [...tasks, ...(workflow ? [toFound(workflow)] : [])],
      unreadable: unreadable.map(toUnreadable),
    };
  });
}

/** The maximum number of hits of a shortened id. */
const MOST = 10;
/** How long to search for the end of an id, in milliseconds, and the width of the first window. */
const BUDGET = 700;
const WINDOW = 3_600_000;

/**
 * The newest ten tasks and runs, in all readable queues, whose id has this prefix and suffix. Eight digits of a
 * prefix cover a minute of ids. With fewer, ids are searched window by window, backwards from now, for less than a
 * second.
 *
 * @throws ProblemError as `withQueues` does.
 */
export function findByShortId(
  { prefix, suffix }: ShortId,
  options: ReadOptions = {},
): Promise<FindResult> {
  return withQueues([], options, async ({ db, now, queues, unreadable }) => {
    const range = intersect(prefixRange(prefix), {
      ...EVERYTHING,
      to: uuidFloor(toMs(now) + 1_000),
    });
    const names = queues.map(({ name }) => name);
    const found: FoundTask[] = [];
    await scanWindows(
      db,
      { range, direction: "older", width: WINDOW, budget: BUDGET },
      options,
      async (window) => {
        const arms = names.flatMap((queue) => listArms(queue, window, suffix));
        const hits = await queryUnion(db, FOUND_TASK, arms);
        found.push(...hits.sort((a, b) => (getId(a) < getId(b) ? 1 : -1)));
        return found.length < MOST ? "more" : "enough";
      },
    );
    return { found: found.slice(0, MOST), unreadable: unreadable.map(toUnreadable) };
  });
}

const getId = ({ runId, taskId }: FoundTask) => runId ?? taskId;

/** Statements for the tasks and for the runs of a queue whose id is in this range and has this suffix. */
function listArms(queue: string, range: KeyRange, suffix: string): SQL[] {
  const tables = queueTables(queue);
  const { tasks, runs } = tables;
  const ends = (id: PgColumn) => sql`right(${id}::text, ${suffix.length}::int) = ${suffix}::text`;
  return [
    sql`(select 'task' as "kind", ${queue}::text as "queue", ${tasks.taskId} as "taskId",
          null::uuid as "runId", null::integer as "attempt", ${tasks.name} as "name", ${tasks.state} as "state"
        from ${tasks} where ${inKeyRange(tasks.taskId, { range })} and ${ownFirst(tables, "tasks", ends(tasks.taskId))}
        order by ${tasks.taskId} desc limit ${MOST}::int)`,
    sql`(select 'run' as "kind", ${queue}::text as "queue", ${runs.taskId} as "taskId", ${runs.runId} as "runId",
          ${runs.attempt} as "attempt", ${tasks.name} as "name", ${tasks.state} as "state"
        from ${runs} join ${tasks} on ${tasks.taskId} = ${runs.taskId}
        where ${inKeyRange(runs.runId, { range })} and ${ownFirst(tables, "runs", ends(runs.runId))}
        order by ${runs.runId} desc limit ${MOST}::int)`,
  ];
}

async function findTasks(db: Database, queues: string[], id: Uuid): Promise<FoundTask[]> {
  const kept = keepPlans(db);
  const ofTasks = await findQueues(db, queues, "tasks", id);
  const tasks = await queryUnion(kept, FOUND_TASK, ofTasks.map(taskArm(id)));
  if (tasks.length > 0) return tasks;
  const ofRuns = await findQueues(db, queues, "runs", id);
  return queryUnion(kept, FOUND_TASK, ofRuns.map(runArm(id)));
}

/** The queues in which a task or run may have this id: of many, those that have it. */
async function findQueues(
  db: Database,
  queues: string[],
  table: "tasks" | "runs",
  id: Uuid,
): Promise<string[]> {
  if (queues.length < MANY_QUEUES || getTenants() !== null) return queues;
  const key = sql.raw(table === "tasks" ? "task_id" : "run_id");
  const found = await queryPortions(db, {}, queues, {
    key: `${table} by id`,
    start: sql`with wanted(id) as (select ${id}::uuid)`,
    write: (queue) => sql`(select from ${queueTables(queue)[table]} where ${key} = $1)`,
  });
  return found.map(({ queue }) => queue);
}

const FOUND_TASK = {
  kind: oneOf(["task", "run"]),
  queue: text,
  taskId: uuid,
  runId: nullable(uuid),
  attempt: nullable(integer),
  name: text,
  state: oneOf(TASK_STATES),
};

const taskArm = (id: Uuid) => (queue: string) => {
  const { tasks } = queueTables(queue);
  return sql`select 'task' as "kind", ${queue}::text as "queue", ${tasks.taskId} as "taskId",
        null::uuid as "runId", null::integer as "attempt", ${tasks.name} as "name", ${tasks.state} as "state"
      from ${tasks} where ${tasks.taskId} = ${id}::uuid`;
};

const runArm = (id: Uuid) => (queue: string) => {
  const { tasks, runs } = queueTables(queue);
  return sql`select 'run' as "kind", ${queue}::text as "queue", ${runs.taskId} as "taskId", ${runs.runId} as "runId",
        ${runs.attempt} as "attempt", ${tasks.name} as "name", ${tasks.state} as "state"
      from ${runs} join ${tasks} on ${tasks.taskId} = ${runs.taskId} where ${runs.runId} = ${id}::uuid`;
};

function toFound({ id, name, status }: WorkflowRunRow): FoundWorkflow {
  return { kind: "workflow", workflowRunId: id, name: name ?? "without a name", status };
}
