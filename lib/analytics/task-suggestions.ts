import "server-only";
import { eq, sql } from "drizzle-orm";
import { unionAll } from "drizzle-orm/pg-core";
import { queueTables } from "@/lib/db/schema";
import type { Database, ReadOptions } from "@/lib/db/snapshot";
import { getTenants } from "@/lib/db/tenants";
import { isPathHidden } from "@/lib/redaction/rules";
import { parsePath } from "@/lib/search-params/tasks-paths";
import { isRecent } from "./recent-tasks";
import { redact, redactionRules } from "./redact";
import { type RegisteredQueue, readQueues } from "./registry";
import { type SampledPath, samplePaths } from "./task-sample";

/** What can be typed into the search box for these queues. Recent things, never everything there is. */
export type TaskSuggestions = {
  names: string[];
  workers: string[];
  tenants: string[];
  idempotencyKeys: string[];
  checkpoints: string[];
  paths: SampledPath[];
};

/** Tasks that are looked at, of all queues together. */
const SAMPLE = 240;

/** A value of more stored bytes than this is not looked into. */
const LARGE = 4_096;

/**
 * Names, workers, tenants, idempotency keys, checkpoints and payload paths of the newest tasks of each queue, and the task names that the
 * database's statistics know. A few keyed reads, whatever the size of the tables.
 *
 * @throws ReadError what `readQueues` throws.
 */
export function suggestTasks(
  queues: string[],
  options: ReadOptions = {},
): Promise<TaskSuggestions> {
  return readQueues(queues, options, async (scope) => {
    const names = scope.queues.map((queue) => queue.name);
    const rows = await readSample(scope.db, scope.queues);
    // The statistics are of all tenants.
    const known = getTenants() === null ? await readKnownNames(scope.db, names) : [];
    const unique = (values: (string | null)[]) =>
      [...new Set(values.flatMap((value) => value ?? []))].sort();
    return {
      names: unique([...rows.map((row) => row.name), ...known]),
      workers: unique(rows.map((row) => row.worker)),
      tenants: unique(rows.map((row) => row.tenant)),
      idempotencyKeys: unique(rows.map((row) => row.idempotencyKey)),
      checkpoints: unique(rows.flatMap((row) => row.checkpoints)),
      paths: withoutHidden(
        samplePaths(
          rows.flatMap((row) =>
            (["params", "headers", "result", "error"] as const).flatMap((source) => {
              const text = row[source];
              return text === null ? [] : { source, text: redact(source, text).text };
            }),
          ),
        ),
      ),
    };
  });
}

/** Paths that cannot be searched are not offered. */
function withoutHidden(paths: SampledPath[]): SampledPath[] {
  const rules = redactionRules();
  return paths.filter(({ path }) => {
    const { source, steps } = parsePath(path) ?? {};
    return !source || !steps || !isPathHidden(rules, source, steps);
  });
}

function readSample(db: Database, queues: RegisteredQueue[]) {
  const [first, second, ...rest] = queues.map((queue) => {
    const { tasks, runs, checkpoints, tenantId } = queueTables(queue.name);
    const newest = db
      .select({
        taskId: tasks.taskId,
        name: tasks.name,
        tenant: sql<string | null>`left(${tenantId}, 200)`.as("tenant"),
        idempotencyKey: (queue.hasIdempotencyKey
          ? sql<
              string | null
            >`case when length(${tasks.idempotencyKey}) <= 200 then ${tasks.idempotencyKey} end`
          : sql<string | null>`null::text`
        ).as("idempotency_key"),
        params: tasks.params,
        headers: tasks.headers,
        result: tasks.result,
        lastAttemptRun: tasks.lastAttemptRun,
      })
      .from(tasks)
      .where(isRecent(queue.name, tasks.taskId))
      .orderBy(sql`${tasks.taskId} desc`)
      .limit(Math.ceil(SAMPLE / queues.length))
      .as("newest");
    // The limit keeps it a look-up for each task, never a join over the whole table of runs.
    const last = db
      .select({ claimedBy: runs.claimedBy, failureReason: runs.failureReason })
      .from(runs)
      .where(eq(runs.runId, newest.lastAttemptRun))
      .limit(1)
      .as("last");
    const small = (column: unknown) =>
      sql<
        string | null
      >`case when pg_column_size(${column}) <= ${LARGE}::int then ${column}::text end`;
    return db
      .select({
        name: newest.name,
        tenant: newest.tenant,
        idempotencyKey: newest.idempotencyKey,
        worker: last.claimedBy,
        params: small(newest.params).as("params"),
        headers: small(newest.headers).as("headers"),
        result: small(newest.result).as("result"),
        error: small(last.failureReason).as("error"),
        checkpoints: sql<string[]>`array(
          select ${checkpoints.name} from ${checkpoints}
          where ${checkpoints.taskId} = ${newest.taskId} limit 20
        )`.as("checkpoints"),
      })
      .from(newest)
      .leftJoinLateral(last, sql`true`);
  });
  if (!first) return Promise.resolve([]);
  return second ? unionAll(first, second, ...rest) : first;
}

/** The most common task names of the planner's statistics, of partitions too. */
async function readKnownNames(db: Database, queues: string[]): Promise<string[]> {
  const { rows } = await db.execute<{ name: string }>(sql`
    select distinct unnest(stats.most_common_vals::text::text[]) as name
    from unnest(${sql.param(queues)}::text[]) as queue
    cross join lateral (
      select to_regclass(format('absurd.%I', 't_' || queue)) as id
      union all
      select tree.relid from pg_partition_tree(to_regclass(format('absurd.%I', 't_' || queue))) tree
    ) leaf
    join pg_class c on c.oid = leaf.id
    join pg_stats stats
      on stats.schemaname = 'absurd' and stats.tablename = c.relname and stats.attname = 'task_name'
    limit 500`);
  return rows.map((row) => row.name);
}
