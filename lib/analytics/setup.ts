import "server-only";
import { sql } from "drizzle-orm";
import { parseConnectionString } from "@/lib/db/connection/connection-string";
import { getDatabase } from "@/lib/db/databases";
import { boolean, instant, nullable, text, uuid } from "@/lib/db/decode";
import { query } from "@/lib/db/query";
import { queueTables } from "@/lib/db/schema";
import { inSnapshot, type ReadOptions } from "@/lib/db/snapshot";
import type { Setup } from "@/lib/model/rows/setup";
import { translateReadError } from "@/lib/model/sqlstate";
import { getHealth } from "./health";
import { withQueues } from "./scope/registry";
import { queryUnion } from "./scope/union";

/** The maximum number of queues, and of runs of each, that are checked. */
const MOST_QUEUES = 20;
const MOST_RUNS = 50;

/**
 * How far a database is set up to run tasks. Works on an empty database; a few probes by key in others.
 *
 * @throws ProblemError as `translateReadError` does, if the database cannot be used.
 */
export async function getSetup(options: ReadOptions = {}): Promise<Setup> {
  const basics = await inSnapshot(async (db) => {
    const [row] = await query(
      db,
      { name: text, user: text, engine: boolean, dashboard: boolean, now: instant },
      sql`select current_database()::text as name, current_user::text as user, clock_timestamp() as now,
                 to_regclass('absurd.queues') is not null as engine,
                 to_regclass('absurd_dashboard.audit_entry') is not null as dashboard`,
    );
    if (!row) throw new Error("A query without a table returned no row");
    return row;
  }, options).catch((error: unknown) => {
    options.signal?.throwIfAborted();
    throw translateReadError(error);
  });
  const setup = {
    database: { name: basics.name, user: basics.user, url: describeUrl(basics) },
    hasDashboardTables: basics.dashboard,
    now: basics.now,
  };
  if (!basics.engine)
    return { ...setup, engine: null, queues: [], newestTask: null, newestClaim: null };
  const { schemaVersion } = await getHealth(options);
  return { ...setup, engine: { version: schemaVersion }, ...(await getFirstTasks(options)) };
}

/** The address for a worker on another machine: the dashboard's, without its password and settings. */
function describeUrl({ name, user }: { name: string; user: string }): string {
  const { hosts } = parseConnectionString(getDatabase().url);
  const [first] = hosts;
  const isSocket = first === undefined || first.host.startsWith("/");
  const place = isSocket ? "" : first.host.includes(":") ? `[${first.host}]` : first.host;
  const port = isSocket || first.port === 5432 ? "" : `:${first.port}`;
  return `postgresql://${encodeURIComponent(user)}@${place}${port}/${encodeURIComponent(name)}`;
}

function getFirstTasks(
  options: ReadOptions,
): Promise<Pick<Setup, "queues" | "newestTask" | "newestClaim">> {
  return withQueues([], options, async ({ db, queues }) => {
    const names = queues.slice(0, MOST_QUEUES).map(({ name }) => name);
    const rows = await queryUnion(
      db,
      {
        queue: text,
        taskId: nullable(uuid),
        isClaimed: boolean,
        runId: nullable(uuid),
        worker: nullable(text),
      },
      names.map((queue) => {
        const { tasks, runs } = queueTables(queue);
        return sql`(select ${queue}::text as queue, newest.id as "taskId", claim.id is not null as "isClaimed",
            claim.id as "runId", claim.worker
          from (select) as one
          left join lateral (
            select ${tasks.taskId} as id from ${tasks} order by ${tasks.taskId} desc limit 1
          ) as newest on true
          left join lateral (
            select last.id, last.worker from (
              select ${runs.runId} as id, ${runs.claimedBy} as worker, ${runs.startedAt} as started
                from ${runs} order by ${runs.runId} desc limit ${MOST_RUNS}::int
            ) as last where last.started is not null limit 1
          ) as claim on true)`;
      }),
    );
    const newest = <Row extends { queue: string }>(id: (row: Row) => string | null, list: Row[]) =>
      list
        .filter((row) => id(row) !== null)
        .sort((a, b) => ((id(a) ?? "") < (id(b) ?? "") ? 1 : -1))[0];
    const task = newest((row) => row.taskId, rows);
    const claim = newest((row) => row.runId, rows);
    return {
      queues: names,
      newestTask: task?.taskId ? { queue: task.queue, taskId: task.taskId } : null,
      newestClaim: claim ? { queue: claim.queue, worker: claim.worker } : null,
    };
  });
}
