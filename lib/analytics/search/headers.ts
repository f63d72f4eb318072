import { and, type SQL, sql } from "drizzle-orm";
import { type QueueTables, queueTables } from "@/lib/db/schema";
import type { Database, ReadOptions } from "@/lib/db/snapshot";
import { getTenants } from "@/lib/db/tenants";
import type { Uuid } from "@/lib/model/ids";
import { type KeyRange, uuidFloor, uuidMilliseconds } from "@/lib/model/key-range";
import { inKeyRange } from "../scope/key-pages";
import { readWindows } from "./windows";

/** The first window, in milliseconds of ids: what a task brings about mostly follows at once. */
const FIRST_WINDOW = 60_000;
/** A task whose transaction began this long ago, in milliseconds, may still appear below ids that were seen. */
const SETTLED_AFTER = 120_000;
const MOST_REMEMBERED = 200;

export type FoundTask = { queue: string; taskId: Uuid };

/** What is looked for: tasks in a range of ids, `most` at most, for `budget` milliseconds. */
export type HeaderSearch = {
  /** Names the question: equal ones go on where the last one ended. */
  key: string;
  matches: (headers: QueueTables["tasks"]["headers"]) => SQL;
  range: KeyRange;
  most: number;
  budget: number;
};

/** `rest` is the first id that was not looked at, `null` when the search is done; `full` when it gave up for the number. */
export type FoundTasks = { found: FoundTask[]; rest: Uuid | null; full: boolean };

/** What is known of the range below `next`, and how wide the last window was, in milliseconds. */
type Progress = { next: Uuid; found: Map<string, FoundTask>; width: number };

// A task's headers never change and ids only grow, so what was looked at once need not be read by each refresh. It is
// only a memory: without it the search begins anew.
const remembered = new Map<string, Progress>();

/**
 * The tasks of these queues whose headers match, the oldest first. No index serves that: windows of the range are read
 * from its beginning, each at most eight times as wide as the one before, until it is at its end or the time is used up. A
 * later call goes on from there.
 */
export async function searchHeaders(
  db: Database,
  queues: readonly string[],
  { key, matches, range, most, budget }: HeaderSearch,
  options: ReadOptions = {},
): Promise<FoundTasks> {
  const progress = recall(JSON.stringify([key, range.from, queues, getTenants()]), range.from);
  const windows = { range: { ...range, from: progress.next }, width: progress.width, budget };
  const rest = await readWindows(
    db,
    { ...windows, direction: "newer" },
    options,
    async (window) => {
      for (const task of await readWindow(db, queues, matches, window, most))
        progress.found.set(`${task.queue}/${task.taskId}`, task);
      progress.next = window.to;
      const width = uuidMilliseconds(window.to) - uuidMilliseconds(window.from);
      progress.width = Math.max(width, FIRST_WINDOW);
      return progress.found.size < most ? "more" : "enough";
    },
  );
  const found = [...progress.found.values()].sort((a, b) => (a.taskId < b.taskId ? -1 : 1));
  // Ids that are still settling are read again next time.
  const settled = uuidFloor(uuidMilliseconds(range.to) - SETTLED_AFTER);
  if (progress.next > settled) progress.next = settled;
  const full = found.length >= most;
  return { found: found.slice(0, most), rest: full ? null : (rest?.from ?? null), full };
}

async function readWindow(
  db: Database,
  queues: readonly string[],
  matches: HeaderSearch["matches"],
  range: KeyRange,
  most: number,
): Promise<FoundTask[]> {
  if (queues.length === 0) return [];
  const arms = queues.map((queue) => {
    const { tasks } = queueTables(queue);
    return sql`(select ${queue}::text as "queue", ${tasks.taskId} as "taskId" from ${tasks}
      where ${and(inKeyRange(tasks.taskId, { range }), matches(tasks.headers))}
      limit ${most}::int)`;
  });
  const { rows } = await db.execute<FoundTask>(sql.join(arms, sql` union all `));
  return rows;
}

function recall(key: string, from: Uuid): Progress {
  const progress = remembered.get(key) ?? {
    next: from,
    found: new Map<string, FoundTask>(),
    width: FIRST_WINDOW,
  };
  if (progress.next < from) progress.next = from;
  // Moved to the end: the first is the one that nobody asked for longest.
  remembered.delete(key);
  remembered.set(key, progress);
  const oldest = remembered.keys().next().value;
  if (remembered.size > MOST_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
  return progress;
}

/** How long one question may look for tasks, in milliseconds. What is missing then is looked for by the next one. */
const BUDGET = 800;
/** Of more tasks than this the rest is not looked for. */
const MOST_TASKS = 1_000;

/** The tasks of these queues in a range of ids, which should be the run's life, that carry a workflow run in their headers. */
export function searchWorkflowTasks(
  db: Database,
  queues: readonly string[],
  workflowRunId: Uuid,
  range: KeyRange,
  options: ReadOptions = {},
): Promise<FoundTasks> {
  return searchHeaders(
    db,
    queues,
    {
      key: `of run ${workflowRunId}`,
      matches: (headers) => sql`${headers} ->> 'workflow_run_id' = ${workflowRunId}`,
      range,
      most: MOST_TASKS,
      budget: BUDGET,
    },
    options,
  );
}
