import "server-only";
import { sql } from "drizzle-orm";
import { nullable, text } from "@/lib/db/decode";
import { queueTables } from "@/lib/db/schema";
import type { ReadOptions } from "@/lib/db/snapshot";
import { ProblemError } from "@/lib/model/problem";
import { describeUnreadable } from "@/lib/model/queue";
import { isCutName } from "@/lib/model/rows/shown-name";
import type { TaskSummary } from "@/lib/model/task";
import type { TaskFilters } from "@/lib/search-params/tasks/filters";
import { withQueues } from "./scope/registry";
import { followTasks } from "./tasks";

/** Number of tasks held in memory at a time. */
const PAGE = 500;

/** Number of tasks written at a time, so that other requests are served in between. */
const WRITTEN = 100;

/** The same for tasks with names that lists cut. */
const LONG_PAGE = 10;

/** The characters of a name in an export. The engine accepts names of any length. */
const LONGEST_NAME = 100_000;

/**
 * The newest `limit` matching tasks, page by page along the key, each page in its own snapshot and in parts of at most
 * 100 tasks. A page may be empty: rare matches are searched step by step. Names are whole up to 100,000 characters.
 *
 * @throws ProblemError `timed_out` if five minutes were not enough, and as `listTasks` does.
 */
export async function* exportTasks(
  filters: Omit<TaskFilters, "sort">,
  options: ReadOptions = {},
): AsyncGenerator<TaskSummary[]> {
  let left = filters.limit;
  let more = false;
  for await (const step of followTasks(filters, { ...options, pageSize: PAGE })) {
    if (step.unreadable)
      throw new ProblemError({
        code: "forbidden",
        message: `Not readable: ${describeUnreadable(step.unreadable)}.`,
        hint: "Name the queues to export.",
      });
    left -= step.rows.length;
    more = step.older !== null;
    const isLong = step.rows.some(hasCutName);
    const size = isLong ? LONG_PAGE : WRITTEN;
    for (let at = 0; at === 0 || at < step.rows.length; at += size) {
      const rows = step.rows.slice(at, at + size);
      yield isLong ? await withWholeNames(rows, options) : rows;
    }
  }
  if (more && left > 0)
    throw new ProblemError({
      code: "timed_out",
      message: "The export took too long.",
      hint: "Narrow it by time or queue.",
    });
}

const isCut = (name: string | null | undefined) => typeof name === "string" && isCutName(name);

function hasCutName({ name, run }: TaskSummary): boolean {
  return isCut(name) || isCut(run?.claimedBy) || isCut(run?.wakeEvent);
}

/** The rows with their names as stored, which takes two lookups by primary key for each row with a cut name. */
async function withWholeNames(rows: TaskSummary[], options: ReadOptions): Promise<TaskSummary[]> {
  const whole = new Map<TaskSummary, TaskSummary>();
  const cut = rows.filter(hasCutName);
  for (const queue of new Set(cut.map((row) => row.queue))) {
    const ofQueue = cut.filter((row) => row.queue === queue);
    const found = await withQueues([queue], options, ({ db }) => {
      const { tasks, runs } = queueTables(queue);
      const runIds = ofQueue.flatMap(({ run }) => run?.runId ?? []);
      return db
        .select({
          taskId: tasks.taskId,
          name: sql`left(${tasks.name}, ${LONGEST_NAME}::int)`.mapWith(text),
          claimedBy: sql`left(${runs.claimedBy}, ${LONGEST_NAME}::int)`.mapWith(nullable(text)),
          wakeEvent: sql`left(${runs.wakeEvent}, ${LONGEST_NAME}::int)`.mapWith(nullable(text)),
        })
        .from(tasks)
        .leftJoin(
          runs,
          sql`${runs.taskId} = ${tasks.taskId} and ${runs.runId} = any(${sql.param(runIds)}::uuid[])`,
        )
        .where(
          sql`${tasks.taskId} = any(${sql.param(ofQueue.map(({ taskId }) => taskId))}::uuid[])`,
        );
    });
    for (const row of ofQueue) {
      const names = found.find(({ taskId }) => taskId === row.taskId);
      if (names) whole.set(row, replaceNames(row, names));
    }
  }
  return rows.map((row) => whole.get(row) ?? row);
}

function replaceNames(
  { run, ...row }: TaskSummary,
  names: { name: string; claimedBy: string | null; wakeEvent: string | null },
): TaskSummary {
  const { claimedBy, wakeEvent } = names;
  return {
    ...row,
    name: names.name,
    run: run && {
      ...run,
      claimedBy: isCut(run.claimedBy) ? (claimedBy ?? run.claimedBy) : run.claimedBy,
      wakeEvent: isCut(run.wakeEvent) ? (wakeEvent ?? run.wakeEvent) : run.wakeEvent,
    },
  };
}
