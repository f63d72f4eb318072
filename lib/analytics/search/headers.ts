import { and, type SQL, sql } from "drizzle-orm";
import { text, uuid } from "@/lib/db/decode";
import { ownFirst, type QueueTables, queueTables } from "@/lib/db/schema";
import type { Database, ReadOptions } from "@/lib/db/snapshot";
import { getDashboardTenants } from "@/lib/db/tenants";
import { viewerKey } from "@/lib/db/viewer";
import type { Uuid } from "@/lib/model/ids";
import { type KeyRange, uuidFloor, uuidMilliseconds } from "@/lib/model/key-range";
import { inKeyRange } from "../scope/key-pages";
import { queryUnion } from "../scope/union";
import { scanWindows } from "./windows";

/** The first window, in milliseconds of ids: most tasks spawn their children soon after their own spawn. */
const FIRST_WINDOW = 60_000;
/** Re-read ids younger than this, in milliseconds: a slow transaction may still commit an id below those scanned. */
const SETTLED_AFTER = 120_000;
/** Number of searches whose progress is kept. */
const MOST_KEPT = 200;

export type FoundTask = { queue: string; taskId: Uuid };

/**
 * A search for at most `most` tasks in a range of ids. After its first window, each call scans for `budget` milliseconds,
 * the one that begins the search for `firstBudget`.
 */
export type HeaderSearch = {
  /** Names the search: one with the same key continues where the last one stopped. */
  key: string;
  matches: (headers: QueueTables["tasks"]["headers"]) => SQL;
  range: KeyRange;
  most: number;
  budget: number;
  firstBudget?: number;
};

/** `rest` is the first id not searched, `null` when complete; `full` when the search stopped at `most`. */
export type FoundTasks = { found: FoundTask[]; rest: Uuid | null; full: boolean };

/** The matches below `next`, and how wide the last window was, in milliseconds. */
type Progress = { next: Uuid; found: Map<string, FoundTask>; width: number };

// A task's headers never change and ids only grow, so a refresh need not read ids again. This is only a cache:
// without an entry the search starts over.
const kept = new Map<string, Progress>();

/**
 * The tasks of these queues whose headers match, oldest first. No index supports that: windows of the range are
 * scanned from its start, each at most eight times as wide as the one before, until the range ends or the budget
 * is spent. A later call continues there.
 */
export async function searchHeaders(
  db: Database,
  queues: readonly string[],
  { key, matches, range, most, budget, firstBudget = budget }: HeaderSearch,
  options: ReadOptions = {},
): Promise<FoundTasks> {
  const name = JSON.stringify([key, range.from, queues, getDashboardTenants(), viewerKey()]);
  const isFirst = !kept.has(name);
  const progress = getProgress(name, range.from);
  const windows = {
    range: { ...range, from: progress.next },
    width: progress.width,
    budget: isFirst ? firstBudget : budget,
  };
  const rest = await scanWindows(
    db,
    { ...windows, direction: "newer" },
    options,
    async (window) => {
      for (const task of await listMatches(db, queues, matches, window, most))
        progress.found.set(`${task.queue}/${task.taskId}`, task);
      progress.next = window.to;
      const width = uuidMilliseconds(window.to) - uuidMilliseconds(window.from);
      progress.width = Math.max(width, FIRST_WINDOW);
      return progress.found.size < most ? "more" : "enough";
    },
  );
  const found = [...progress.found.values()].sort((a, b) => (a.taskId < b.taskId ? -1 : 1));
  // The next call reads younger ids again.
  const settled = uuidFloor(uuidMilliseconds(range.to) - SETTLED_AFTER);
  if (progress.next > settled) progress.next = settled;
  const full = found.length >= most;
  return { found: found.slice(0, most), rest: full ? null : (rest?.from ?? null), full };
}

async function listMatches(
  db: Database,
  queues: readonly string[],
  matches: HeaderSearch["matches"],
  range: KeyRange,
  most: number,
): Promise<FoundTask[]> {
  if (queues.length === 0) return [];
  const arms = queues.map((queue) => {
    const tables = queueTables(queue);
    const { tasks } = tables;
    return sql`(select ${queue}::text as "queue", ${tasks.taskId} as "taskId" from ${tasks}
      where ${and(inKeyRange(tasks.taskId, { range }), ownFirst(tables, "tasks", matches(tasks.headers)))}
      limit ${most}::int)`;
  });
  return queryUnion(db, { queue: text, taskId: uuid }, arms);
}

function getProgress(key: string, from: Uuid): Progress {
  const progress = kept.get(key) ?? {
    next: from,
    found: new Map<string, FoundTask>(),
    width: FIRST_WINDOW,
  };
  if (progress.next < from) progress.next = from;
  // Moved to the end, so that the first entry is always the least recently used.
  kept.delete(key);
  kept.set(key, progress);
  const oldest = kept.keys().next().value;
  if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
  return progress;
}

/** Budget of one search for the tasks of a workflow run, in milliseconds. The next call continues it. */
const BUDGET = 800;
/** The search stops at this many tasks. */
const MOST_TASKS = 1_000;

/** The tasks of these queues whose headers name a workflow run, in a range of ids: pass the lifetime of the run. */
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
