import "server-only";
import { and, asc, eq, inArray, lt, sql } from "drizzle-orm";
import { nullable, text, uuid } from "@/lib/db/decode";
import { queueTables } from "@/lib/db/schema";
import type { Database, ReadOptions } from "@/lib/db/snapshot";
import type { Uuid } from "@/lib/model/ids";
import { type Iso, toMs } from "@/lib/model/instants";
import {
  EVERYTHING,
  successor,
  uuidFloor,
  uuidInstant,
  uuidMilliseconds,
} from "@/lib/model/key-range";
import type { RelatedTask, RelatedTasks, Relation } from "@/lib/model/rows/related";
import { NO_QUERY } from "@/lib/search-params/tasks/query";
import { payload } from "./scope/payload";
import { isRecent } from "./scope/recent-tasks";
import { redactMember } from "./scope/redact";
import { type RegisteredQueue, toUnreadable, withQueues } from "./scope/registry";
import { queryUnion } from "./scope/union";
import { searchHeaders, searchWorkflowTasks } from "./search/headers";
import { selectSummary, type TaskRow, toSummaries } from "./search/rows";
import { scanTasks } from "./search/scan";
import type { TaskSearch } from "./search/task-search";
import { taskNotFound } from "./task";
import { awaitCheckpoint, findLinks, type Link, parseId } from "./task/links";

/** Maximum number of steps searched for ids. */
const MOST_STEPS = 500;
/** In bytes. Larger step values are not searched for ids. */
const LARGE = 16_384;
const MOST_OF_RUN = 50;
const HOUR = 3_600_000;

/**
 * The tasks related to one: parents and children, copies in both directions, the same idempotency key and the same
 * workflow run, in all queues. Every lookup is bounded by keys or by time, and the result states how far it
 * searched.
 *
 * @throws ProblemError `task_not_found`, and as `withQueues` does.
 */
export function getRelated(
  queueName: string,
  taskId: Uuid,
  options: ReadOptions = {},
): Promise<RelatedTasks> {
  return withQueues([], options, async ({ db, now, queues, unreadable }) => {
    const names = queues.map((queue) => queue.name);
    const home = queues.find((queue) => queue.name === queueName);
    const own = home && (await findOwn(db, home, taskId));
    if (!own) throw taskNotFound(queueName, taskId);
    const links = await listLinks(db, queueName, taskId);
    const parentId = parseId(own.parent);
    const originId = parseId(own.origin);
    const awaiting = parentId ? { ids: [], probed: 0 } : await probeParents(db, names, taskId);
    const named = [parentId, originId, ...awaiting.ids, ...links.map((link) => link.id)];
    const known = await findTasks(
      db,
      names,
      named.flatMap((id) => id ?? []),
    );
    const keys = await findSameKey(db, queues, queueName, own.key);
    const run = await findRun(db, names, taskId, own.workflowRun, options);
    const linked = await searchLinked(db, names, taskId, now, options);
    const rows = [...known, ...keys.rows, ...run, ...linked.found.map(({ row }) => row)];
    const summaries = new Map(
      (await toSummaries(db, rows, queues)).map((task) => [`${task.queue}/${task.taskId}`, task]),
    );
    const relate = (row: TaskRow, relation: Relation): RelatedTask[] => {
      const task = summaries.get(`${row.queue}/${row.taskId}`);
      return task && row.taskId !== taskId ? [{ task, relation }] : [];
    };
    const byId = (id: Uuid | null, relation: Relation) =>
      known.filter((row) => row.taskId === id).flatMap((row) => relate(row, relation));
    const byHeader = (by: "parent_task_id" | "spawned_from") =>
      linked.found
        .filter((found) => found.by === by)
        .flatMap(({ row, step }) => relate(row, by === "spawned_from" ? { by, step } : { by }));
    const ofSteps = links.flatMap((link) => byId(link.id, toRelation(link)));
    const stepIds = new Set(ofSteps.map(({ task }) => task.taskId));
    const step = redactMember("headers", "forked_from_step", own.step);
    const copied = { by: "spawned_from", step } as const;
    const missing = [
      ...(parentId ? [{ id: parentId, relation: { by: "parent_task_id" } as const }] : []),
      ...(originId ? [{ id: originId, relation: copied }] : []),
      ...links.flatMap((link) =>
        link.how === "awaited" ? [{ id: link.id, relation: toRelation(link) }] : [],
      ),
    ].filter(({ id }) => id !== taskId && !known.some((row) => row.taskId === id));
    return {
      parents: parentId
        ? byId(parentId, { by: "parent_task_id" })
        : awaiting.ids.flatMap((id) => byId(id, { by: "awaited", step: "" })),
      origin: byId(originId, copied)[0] ?? null,
      children: [
        ...ofSteps.filter(({ task }) => task.taskId !== parentId && task.taskId !== originId),
        ...byHeader("parent_task_id").filter(({ task }) => !stepIds.has(task.taskId)),
      ],
      copies: byHeader("spawned_from"),
      sameKey: keys.rows.flatMap((row) => relate(row, { by: "idempotency_key" })),
      sameRun: run.flatMap((row) => relate(row, { by: "workflow_run_id" })),
      missing,
      searchedTo: linked.rest && uuidInstant(linked.rest),
      probed: awaiting.probed,
      keysUnknown: keys.unknown,
      unreadable: unreadable.map(toUnreadable),
      now,
    };
  });
}

function toRelation({ how, step }: Link): Relation {
  return { by: how, step };
}

async function findOwn(db: Database, queue: RegisteredQueue, taskId: Uuid) {
  const tables = queueTables(queue.name);
  const { tasks } = tables;
  const header = (key: string) =>
    sql`left(${tasks.headers} ->> ${key}::text, 300)`.mapWith(nullable(text));
  const [row] = await db
    .select({
      ...selectSummary(queue.name, tables),
      key: queue.hasIdempotencyKey
        ? tasks.idempotencyKey
        : sql`null::text`.mapWith(nullable(text)).as("key"),
      parent: header("parent_task_id").as("parent"),
      origin: header("spawned_from").as("origin"),
      workflowRun: header("workflow_run_id").as("workflow_run"),
      step: header("forked_from_step").as("step"),
    })
    .from(tasks)
    .where(eq(tasks.taskId, taskId));
  return row;
}

async function listLinks(db: Database, queue: string, taskId: Uuid): Promise<Link[]> {
  const { checkpoints } = queueTables(queue);
  const rows = await db
    .select({ name: checkpoints.name, state: payload(checkpoints.state, LARGE) })
    .from(checkpoints)
    .where(eq(checkpoints.taskId, taskId))
    .orderBy(asc(checkpoints.updatedAt))
    .limit(MOST_STEPS);
  return findLinks(rows.map(({ name, state }) => ({ name, text: state?.text ?? null })));
}

/** A key is unique within a queue; partitioned queues have no index of tasks by key. */
async function findSameKey(
  db: Database,
  queues: readonly RegisteredQueue[],
  own: string,
  key: string | null,
): Promise<{ rows: TaskRow[]; unknown: string[] }> {
  const others = queues.filter(({ name, hasIdempotencyKey }) => name !== own && hasIdempotencyKey);
  if (key === null) return { rows: [], unknown: [] };
  const rows: TaskRow[] = [];
  const indexed = others.filter(({ storageMode }) => storageMode === "unpartitioned");
  for (const { name } of indexed) {
    const tables = queueTables(name);
    rows.push(
      ...(await db
        .select(selectSummary(name, tables))
        .from(tables.tasks)
        .where(eq(tables.tasks.idempotencyKey, key))),
    );
  }
  const unknown = others.filter(({ storageMode }) => storageMode === "partitioned");
  return { rows, unknown: unknown.map(({ name }) => name) };
}

async function findRun(
  db: Database,
  queues: readonly string[],
  taskId: Uuid,
  workflowRunId: string | null,
  options: ReadOptions,
): Promise<TaskRow[]> {
  if (workflowRunId === null) return [];
  const at = uuidMilliseconds(taskId);
  const range = { from: uuidFloor(at - HOUR), to: uuidFloor(at + HOUR) };
  const { found } = await searchWorkflowTasks(db, queues, workflowRunId, range, options);
  const ids = found.map((task) => task.taskId).filter((id) => id !== taskId);
  return findTasks(db, queues, ids.slice(0, MOST_OF_RUN));
}

/**
 * How long a call may search for headers, in milliseconds. The first one is short, because it also returns everything
 * that can be looked up.
 */
const FIRST_BUDGET = 5;
const BUDGET = 250;
const MOST_FOUND = 100;
/** Maximum number of earlier tasks that are checked, over all queues. */
const PROBES = 4_000;

/** The tasks with these ids in any of these queues; missing ones are left out. One lookup by key per queue and task. */
export async function findTasks(
  db: Database,
  queues: readonly string[],
  ids: readonly Uuid[],
): Promise<TaskRow[]> {
  if (ids.length === 0) return [];
  const search: TaskSearch = {
    queues: [...queues],
    query: NO_QUERY,
    ids: [...new Set(ids)],
    range: EVERYTHING,
    direction: "older",
    limit: ids.length * queues.length,
  };
  return scanTasks(db, search, "walk");
}

export type Linked = { row: TaskRow; by: "parent_task_id" | "spawned_from"; step: string | null };

/**
 * Later tasks whose headers name this one, earliest first, at most 100. No index supports that: windows of the key
 * are scanned starting at the task until time runs out, and `rest` is the first id not searched. The first call scans
 * little; each further one continues where the last one stopped.
 */
export async function searchLinked(
  db: Database,
  queues: string[],
  taskId: Uuid,
  now: Iso,
  options: ReadOptions,
): Promise<{ found: Linked[]; rest: Uuid | null }> {
  const search = {
    key: `linked to ${taskId}`,
    range: { from: successor(taskId), to: uuidFloor(toMs(now) + 1_000) },
    most: MOST_FOUND,
    firstBudget: FIRST_BUDGET,
    budget: BUDGET,
  };
  const { found, rest } = await searchHeaders(
    db,
    queues,
    {
      ...search,
      matches: (headers) =>
        sql`${taskId} in (${headers} ->> 'parent_task_id', ${headers} ->> 'spawned_from')`,
    },
    options,
  );
  const linked: Linked[] = [];
  for (const queue of new Set(found.map((task) => task.queue))) {
    const tables = queueTables(queue);
    const { tasks } = tables;
    const ids = found.flatMap((task) => (task.queue === queue ? task.taskId : []));
    const rows = await db
      .select({
        ...selectSummary(queue, tables),
        parent: sql`left(${tasks.headers} ->> 'parent_task_id', 36)`
          .mapWith(nullable(text))
          .as("parent"),
        step: sql`left(${tasks.headers} ->> 'forked_from_step', 300)`
          .mapWith(nullable(text))
          .as("step"),
      })
      .from(tasks)
      .where(inArray(tasks.taskId, ids));
    for (const { parent, step, ...row } of rows)
      linked.push(
        parent === taskId
          ? { row, by: "parent_task_id", step: null }
          : {
              row,
              by: "spawned_from",
              step: redactMember("headers", "forked_from_step", step),
            },
      );
  }
  return { found: linked.sort((a, b) => (a.row.taskId < b.row.taskId ? -1 : 1)), rest };
}

/**
 * Earlier tasks that waited for this one's result and received it, among the newest before it in each queue, by
 * one lookup by key each. `probed` is their number per queue.
 */
export async function probeParents(
  db: Database,
  queues: readonly string[],
  taskId: Uuid,
): Promise<{ ids: Uuid[]; probed: number }> {
  const probed = Math.max(40, Math.floor(PROBES / Math.max(queues.length, 1)));
  if (queues.length === 0) return { ids: [], probed };
  const name = awaitCheckpoint(taskId);
  const arms = queues.map((queue) => {
    const { tasks, checkpoints } = queueTables(queue);
    const earlier = db
      .select({ id: tasks.taskId })
      .from(tasks)
      .where(and(lt(tasks.taskId, taskId), isRecent(queue, tasks.taskId)))
      .orderBy(sql`${tasks.taskId} desc`)
      .limit(probed)
      .as("earlier");
    return sql`(select earlier.task_id as id from ${earlier}
      where (select true from ${checkpoints}
        where ${checkpoints.taskId} = earlier.task_id and ${checkpoints.name} = ${name} limit 1))`;
  });
  const rows = await queryUnion(db, { id: uuid }, arms);
  return { ids: rows.map((row) => row.id), probed };
}
