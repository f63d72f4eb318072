import "server-only";
import { eq, type SQLWrapper, sql } from "drizzle-orm";
import { unionAll } from "drizzle-orm/pg-core";
import { parseJson } from "@/lib/absurd/connection/json";
import { array, nullable, text } from "@/lib/db/decode";
import { query } from "@/lib/db/query";
import { isViewRedacted, redactionRules } from "@/lib/db/redaction";
import { queueTables } from "@/lib/db/schema";
import type { Database, ReadOptions } from "@/lib/db/snapshot";
import { getTenants } from "@/lib/db/tenants";
import type { Json } from "@/lib/model/json";
import { type Pausing, workInTurns } from "@/lib/model/work/turns";
import { isPathRedacted } from "@/lib/redaction/rules";
import {
  formatPath,
  isStorable,
  jsonCandidates,
  type PathSource,
  parsePath,
  quote,
} from "@/lib/search-params/tasks/conditions";
import { isRecent } from "./scope/recent-tasks";
import { redact } from "./scope/redact";
import { type RegisteredQueue, withQueues } from "./scope/registry";

/** Completions for the search box, from recent tasks of these queues. */
export type TaskSuggestions = {
  names: string[];
  workers: string[];
  tenants: string[];
  idempotencyKeys: string[];
  checkpoints: string[];
  paths: SampledPath[];
};

/** The number of tasks to sample, of all queues together. */
const SAMPLE = 240;

/**
 * In bytes. Larger stored values are skipped. Compressed values may have far longer texts, so their texts have a
 * limit too.
 */
const LARGE = 4_096;
const LONG = 16_384;

/**
 * Names, workers, tenants, idempotency keys, checkpoints and payload paths of the newest tasks of each queue, and
 * the task names in the planner's statistics. A few keyed reads at any size.
 *
 * @throws ProblemError as `withQueues` does.
 */
export function suggestTasks(
  queues: string[],
  options: ReadOptions = {},
): Promise<TaskSuggestions> {
  return withQueues(queues, options, async (scope) => {
    const names = scope.queues.map((queue) => queue.name);
    const rows = await sampleTasks(scope.db, scope.queues);
    // The statistics cover all tenants, so restricted suggestions must not use them.
    const known = getTenants() === null ? await listKnownNames(scope.db, names) : [];
    const unique = (values: (string | null)[]) =>
      [...new Set(values.flatMap((value) => value ?? []))].sort();
    return {
      names: unique([...rows.map((row) => row.name), ...known]),
      workers: unique(rows.map((row) => row.worker)),
      tenants: unique(rows.map((row) => row.tenant)),
      idempotencyKeys: unique(rows.map((row) => row.idempotencyKey)),
      checkpoints: unique(rows.flatMap((row) => row.checkpoints)),
      paths: withoutHidden(await workInTurns(samplePaths(listValues(rows)))),
    };
  });
}

/** The values of sampled tasks, redacted one by one as they are used. */
function* listValues(rows: Awaited<ReturnType<typeof sampleTasks>>): Generator<Sample> {
  for (const row of rows)
    for (const source of ["params", "headers", "result", "error"] as const) {
      const text = row[source];
      if (text !== null) yield { source, text: redact(source, text).text };
    }
}

/** Redacted paths and values cannot be searched, so they are not suggested. */
function withoutHidden(paths: SampledPath[]): SampledPath[] {
  if (!isViewRedacted()) return paths;
  const rules = redactionRules();
  return paths.flatMap(({ path, values }) => {
    const { source, steps } = parsePath(path) ?? {};
    const isHidden = source && steps && isPathRedacted(rules, source, steps);
    return isHidden ? [] : { path, values: values.filter((value) => !value.includes("[redacted")) };
  });
}

/** A name, unless it is too long to suggest. */
const short = (name: SQLWrapper) =>
  sql`case when length(${name}) <= 200 then ${name} end`.mapWith(nullable(text));

/** The maximum number of queues per statement. */
const PORTION = 50;

async function sampleTasks(db: Database, queues: RegisteredQueue[]) {
  const rows: Awaited<ReturnType<typeof sampleNewest>> = [];
  for (let start = 0; start < queues.length; start += PORTION) {
    const most = Math.ceil(SAMPLE / queues.length);
    rows.push(...(await sampleNewest(db, queues.slice(start, start + PORTION), most)));
  }
  return rows;
}

/** The newest tasks of these queues, at most as many of each. */
async function sampleNewest(db: Database, queues: RegisteredQueue[], most: number) {
  const [first, second, ...rest] = queues.map((queue) => {
    const { tasks, runs, checkpoints, tenantId } = queueTables(queue.name);
    const newest = db
      .select({
        taskId: tasks.taskId,
        name: short(tasks.name).as("task_name"),
        tenant: sql`left(${tenantId}, 200)`.mapWith(nullable(text)).as("tenant"),
        idempotencyKey: (queue.hasIdempotencyKey
          ? short(tasks.idempotencyKey)
          : sql`null::text`.mapWith(nullable(text))
        ).as("idempotency_key"),
        params: tasks.params,
        headers: tasks.headers,
        result: tasks.result,
        lastAttemptRun: tasks.lastAttemptRun,
      })
      .from(tasks)
      .where(isRecent(queue.name, tasks.taskId))
      .orderBy(sql`${tasks.taskId} desc`)
      .limit(most)
      .as("newest");
    // The limit forces one lookup per task, never a join over the whole table of runs.
    const last = db
      .select({ claimedBy: runs.claimedBy, failureReason: runs.failureReason })
      .from(runs)
      .where(eq(runs.runId, newest.lastAttemptRun))
      .limit(1)
      .as("last");
    const small = (column: unknown) =>
      sql`case when pg_column_size(${column}) <= ${LARGE}::int then (
        select case when octet_length(printed) <= ${LONG}::int then printed end
          from (select ${column}::text as printed offset 0) as texts) end`.mapWith(nullable(text));
    return db
      .select({
        name: newest.name,
        tenant: newest.tenant,
        idempotencyKey: newest.idempotencyKey,
        worker: short(last.claimedBy).as("worker"),
        params: small(newest.params).as("params"),
        headers: small(newest.headers).as("headers"),
        result: small(newest.result).as("result"),
        error: small(last.failureReason).as("error"),
        checkpoints: sql`array(
          select ${checkpoints.name} from ${checkpoints}
          where ${checkpoints.taskId} = ${newest.taskId} and length(${checkpoints.name}) <= 200 limit 20
        )`
          .mapWith(array(text))
          .as("checkpoints"),
      })
      .from(newest)
      .leftJoinLateral(last, sql`true`);
  });
  if (!first) return [];
  return second ? unionAll(first, second, ...rest) : first;
}

/** The most common task names in the planner's statistics, including those of partitions. */
async function listKnownNames(db: Database, queues: string[]): Promise<string[]> {
  const rows = await query(
    db,
    { name: text },
    sql`
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
    limit 500`,
  );
  return rows.map((row) => row.name);
}

/** A path that occurs in recent tasks, with some of its values, as the query language writes both. */
export type SampledPath = { path: string; values: string[] };

/** A JSON text of a task. */
type Sample = { source: PathSource; text: string };

const DEPTH = 6;
const PATHS = 150;
const VALUES = 8;
const LENGTH = 80;

/**
 * The paths in sampled JSON texts, most frequent first, at most 150, with 8 short values each. Only the first
 * three elements of an array count.
 */
export function* samplePaths(samples: Iterable<Sample>): Pausing<SampledPath[]> {
  const found = new Map<string, { count: number; values: Set<string> }>();
  const visit = (source: PathSource, steps: (string | null)[], value: Json) => {
    if (Array.isArray(value)) {
      if (steps.length < DEPTH)
        for (const item of value.slice(0, 3)) visit(source, [...steps, null], item);
    } else if (value !== null && typeof value === "object") {
      if (steps.length < DEPTH)
        for (const [key, inner] of Object.entries(value).slice(0, 50))
          if (isStorable(key) && key.length <= LENGTH) visit(source, [...steps, key], inner);
    } else if (steps.length > 0) {
      const path = formatPath({ source, steps });
      const entry = found.get(path) ?? { count: 0, values: new Set() };
      entry.count++;
      const text = printScalar(value);
      if (text.length <= LENGTH && entry.values.size < VALUES) entry.values.add(text);
      found.set(path, entry);
    }
  };
  for (const { source, text } of samples) {
    visit(source, [], parseJson(text));
    yield;
  }
  return [...found]
    .sort(([a, one], [b, other]) => other.count - one.count || (a < b ? -1 : 1))
    .slice(0, PATHS)
    .map(([path, { values }]) => ({ path, values: [...values] }));
}

/** Quotes a string that could be mistaken for another type. */
function printScalar(value: string | number | bigint | boolean | null): string {
  if (typeof value !== "string") return String(value);
  const ambiguous = jsonCandidates({ text: value, quoted: false }).length > 1;
  return ambiguous || !/^[^\s"]\S*$/.test(value) ? quote(value) : value;
}
