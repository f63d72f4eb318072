import "server-only";
import { asc, eq, sql } from "drizzle-orm";
import { queueTables } from "@/lib/db/schema";
import type { Database, ReadOptions } from "@/lib/db/snapshot";
import type { Uuid } from "@/lib/model/ids";
import { uuidFloor, uuidInstant, uuidMilliseconds } from "@/lib/model/key-range";
import type { RelatedTask, RelatedTasks, Relation } from "@/lib/model/related";
import { payload } from "./payload";
import { type RegisteredQueue, readQueues } from "./registry";
import { idOf, type Link, linksOfSteps } from "./related-links";
import { findTasks, probeParents, searchLinked } from "./related-search";
import { taskNotFound } from "./task";
import { type TaskRow, taskColumns, withLastRuns } from "./task-rows";
import { searchWorkflowTasks } from "./workflow-task-search";

/** Steps that are read for ids. */
const MOST_STEPS = 500;
/** A step's value larger than this is not read for ids. */
const LARGE = 16_384;
const MOST_OF_RUN = 50;
const HOUR = 3_600_000;

/**
 * What has to do with a task: its parent and children, copies both ways, the same idempotency key and the same workflow
 * run, in all queues. Every question is bounded by keys or by time, and the answer says how far it looked.
 *
 * @throws ReadError `task_not_found`, and what `readQueues` throws.
 */
export function getRelated(
  queueName: string,
  taskId: Uuid,
  options: ReadOptions = {},
): Promise<RelatedTasks> {
  return readQueues([], options, async ({ db, now, queues, unreadable }) => {
    const names = queues.map((queue) => queue.name);
    const home = queues.find((queue) => queue.name === queueName);
    const own = home && (await readOwn(db, home, taskId));
    if (!own) throw taskNotFound(queueName, taskId);
    const links = await readLinks(db, queueName, taskId);
    const parentId = idOf(own.parent);
    const originId = idOf(own.origin);
    const awaiting = parentId ? { ids: [], probed: 0 } : await probeParents(db, names, taskId);
    const named = [parentId, originId, ...awaiting.ids, ...links.map((link) => link.id)];
    const known = await findTasks(
      db,
      names,
      named.flatMap((id) => id ?? []),
    );
    const keys = await findSameKey(db, queues, queueName, own.key);
    const run = await findRun(db, names, taskId, own.workflowRunId, options);
    const linked = await searchLinked(db, names, taskId, now, options);
    const rows = [...known, ...keys.rows, ...run, ...linked.found.map(({ row }) => row)];
    const summaries = new Map(
      (await withLastRuns(db, rows)).map((task) => [`${task.queue}/${task.taskId}`, task]),
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
    const copied = { by: "spawned_from", step: own.step } as const;
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
      unreadable: unreadable.map((queue) => queue.name),
      now,
    };
  });
}

function toRelation({ how, step }: Link): Relation {
  return { by: how, step };
}

async function readOwn(db: Database, queue: RegisteredQueue, taskId: Uuid) {
  const tables = queueTables(queue.name);
  const { tasks } = tables;
  const header = (key: string) => sql<string | null>`left(${tasks.headers} ->> ${key}::text, 300)`;
  const [row] = await db
    .select({
      ...taskColumns(queue.name, tables),
      key: queue.hasIdempotencyKey
        ? tasks.idempotencyKey
        : sql<string | null>`null::text`.as("key"),
      parent: header("parent_task_id").as("parent"),
      origin: header("spawned_from").as("origin"),
      step: header("forked_from_step").as("step"),
    })
    .from(tasks)
    .where(eq(tasks.taskId, taskId));
  return row;
}

async function readLinks(db: Database, queue: string, taskId: Uuid): Promise<Link[]> {
  const { checkpoints } = queueTables(queue);
  const rows = await db
    .select({ name: checkpoints.name, state: payload(checkpoints.state, LARGE) })
    .from(checkpoints)
    .where(eq(checkpoints.taskId, taskId))
    .orderBy(asc(checkpoints.updatedAt))
    .limit(MOST_STEPS);
  return linksOfSteps(rows.map(({ name, state }) => ({ name, text: state?.text ?? null })));
}

/** A key is unique within a queue; where queues are partitioned no index of the tasks has it. */
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
        .select(taskColumns(name, tables))
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
