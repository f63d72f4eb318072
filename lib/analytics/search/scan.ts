import { and, gt, gte, inArray, lt, lte, or, type SQL, sql } from "drizzle-orm";
import { unionAll } from "drizzle-orm/pg-core";
import { type QueueTables, queueTables, queueTablesOfAllTenants } from "@/lib/db/schema";
import type { Database } from "@/lib/db/snapshot";
import { isTenantOf } from "@/lib/db/tenants";
import type { Uuid } from "@/lib/model/ids";
import { beyond, uuidFloor, uuidMilliseconds } from "@/lib/model/key-range";
import { isActive, type TaskState } from "@/lib/model/states";
import {
  type AttemptsCondition,
  jsonBound,
  jsonCandidates,
  type PathCondition,
} from "@/lib/search-params/tasks-conditions";
import type { JsonPath } from "@/lib/search-params/tasks-paths";
import { isRedacting } from "../scope/redact";
import { type TaskRow, type TaskSearch, taskColumns, taskOrder } from "./rows";

/**
 * How hits are looked for:
 * - `walk`: along the primary key, until the page is full. For searches in which nearly every row is a hit.
 * - `sweep`: every row of the range in whatever order is cheapest, then sorted. For bounded ranges: walking a large
 *   cold heap backwards by its key costs ten times as much.
 */
export type Strategy = "walk" | "sweep";

const FENCE = 2 ** 31 - 1;

/**
 * The first `limit + 1` tasks of a search over these queues, in the order of its direction; one statement. `own` says
 * what is asked of one queue, where that is not the same of all.
 */
export async function scanTasks(
  db: Database,
  queues: string[],
  search: TaskSearch,
  strategy: Strategy,
  own: (queue: string) => TaskSearch = () => search,
): Promise<TaskRow[]> {
  const order = taskOrder(search);
  const [first, second, ...rest] = queues.map((queue) => {
    const tables = queueTables(queue);
    const hits = db
      .select(taskColumns(queue, tables))
      .from(tables.tasks)
      .where(taskConditions(tables, own(queue)))
      .$dynamic();
    // The limit, which nothing reaches, keeps the order from choosing the plan: PostgreSQL flattens a subquery without.
    return strategy === "sweep" ? hits.limit(FENCE) : hits.orderBy(order).limit(search.limit + 1);
  });
  if (!first) return [];
  const hits = second ? unionAll(first, second, ...rest) : db.select().from(first.as("hits"));
  return hits.orderBy(order).limit(search.limit + 1);
}

/** The conditions of a search on one queue's tasks, its range of ids included. */
export function taskConditions(tables: QueueTables, search: TaskSearch): SQL | undefined {
  const { tasks, checkpoints, tenantId } = tables;
  const { query, range } = search;
  const { state, name, tenant, checkpoint, attempts } = query;
  return and(
    gte(tasks.taskId, range.from),
    lt(tasks.taskId, range.to),
    search.ids ? sql`${tasks.taskId} = any(${sql.param(search.ids)}::uuid[])` : undefined,
    state.length > 0 ? inArray(tasks.state, state) : undefined,
    name.length > 0 ? inArray(tasks.name, name) : undefined,
    tenant.length > 0 ? isTenantOf(tenant, tenantId) : undefined,
    ...attempts.map((condition) => compareAttempts(tasks, condition)),
    ...query.where
      .filter(({ path }) => path.source !== "error")
      .map((condition) => compareJson(jsonOf(tables, condition.path), condition)),
    ...checkpoint.map(
      (one) => sql`(
        select true from ${checkpoints}
        where ${checkpoints.taskId} = ${tasks.taskId} and ${checkpoints.name} = ${one}::text limit 1
      )`,
    ),
    hasAttempt(tables, search),
  );
}

/** The column of runs or tasks that a path begins in. */
function jsonOf({ tasks, runs }: QueueTables, { source }: JsonPath) {
  if (source === "error") return runs.failureReason;
  return { params: tasks.params, headers: tasks.headers, result: tasks.result }[source];
}

/**
 * One and the same attempt claimed by one of the workers, whose error is as asked. A scalar subquery, which PostgreSQL
 * never turns into a join over the whole table of runs: it is a probe of an index for each task that is left.
 */
function hasAttempt(tables: QueueTables, { query, range }: TaskSearch): SQL | undefined {
  const { tasks, runs } = tables;
  const paths = query.where.filter(({ path }) => path.source === "error");
  const aboutError = paths.length + query.error.length > 0;
  if (!aboutError && query.worker.length === 0) return undefined;
  const { failureReason } = runs;
  // Of an error that is a value with keys, the text as a whole could tell what the configuration hides.
  const whole = isRedacting()
    ? sql`case jsonb_typeof(${failureReason}) when 'string' then ${failureReason} #>> '{}' end`
    : sql`${failureReason} #>> '{}'`;
  const words = sql`coalesce(
    nullif(concat_ws(': ', ${failureReason} ->> 'name', ${failureReason} ->> 'message'), ''),
    ${whole})`;
  const conditions = and(
    sql`${runs.taskId} = ${tasks.taskId}`,
    // A run is never older than its task, which leaves out the partitions before.
    gte(runs.runId, uuidFloor(uuidMilliseconds(range.from))),
    query.worker.length > 0 ? inArray(runs.claimedBy, query.worker) : undefined,
    ...query.error.map((part) => sql`${words} ilike ${containing(part)}::text`),
    ...paths.map((condition) => compareJson(failureReason, condition)),
  );
  return and(
    // The only attempt of every other task has not failed, so it need not be looked at.
    aboutError
      ? sql`(${tasks.state} in ('failed', 'cancelled') or ${tasks.attempts} > 1)`
      : undefined,
    sql`(select true from ${runs} where ${conditions} limit 1)`,
  );
}

/** Equality is containment, which compares numbers digit by digit and can use an index that a user may have added. */
function compareJson(
  column: SQL | ReturnType<typeof jsonOf>,
  condition: PathCondition,
): SQL | undefined {
  const { path, comparison, value } = condition;
  if (comparison === ":")
    return or(...jsonCandidates(value).map((text) => sql`${column} @> ${nest(path, text)}::jsonb`));
  // A lax path never fails: what is not there, or of another type than the bound, does not match.
  const jsonPath = `$${path.steps
    .map((step) => (step === null ? "[*]" : `.${JSON.stringify(step)}`))
    .join("")} ? (@ ${comparison} $bound)`;
  return sql`jsonb_path_exists(${column}, ${jsonPath}::jsonpath, ${`{"bound":${jsonBound(value)}}`}::jsonb)`;
}

/** The smallest JSON text with this value at the path. */
function nest({ steps }: JsonPath, text: string): string {
  return steps.reduceRight<string>(
    (inner, step) => (step === null ? `[${inner}]` : `{${JSON.stringify(step)}:${inner}}`),
    text,
  );
}

function compareAttempts(
  { attempts }: QueueTables["tasks"],
  { comparison, count }: AttemptsCondition,
): SQL {
  switch (comparison) {
    case ">":
      return gt(attempts, count);
    case ">=":
      return gte(attempts, count);
    case "<":
      return lt(attempts, count);
    case "<=":
      return lte(attempts, count);
    default:
      return sql`${attempts} = ${count}::int`;
  }
}

function containing(part: string): string {
  return `%${part.replace(/[\\%_]/g, "\\$&")}%`;
}

/** Whether a search asks for active states and no others. */
export function asksForActive({ query: { state: states } }: TaskSearch): boolean {
  return states.length > 0 && states.every((state) => isActive(state));
}

/** Whether at most this many runs of these queues are in these states, as SQL; looks at no more than it takes to know. */
export function isAtMostActive(queues: string[], states: TaskState[], most: number): SQL<boolean> {
  const arms = queues.map((queue) => {
    // Which way is cheaper depends on what the index holds, whoever it belongs to.
    const { runs } = queueTablesOfAllTenants(queue);
    return sql`(select from ${runs} where ${runs.state} = any(${sql.param(states)}::text[])
      limit ${most + 1}::int)`;
  });
  return sql`(
    select count(*) <= ${most}::int
    from (select from (${sql.join(arms, sql` union all `)}) as found limit ${most + 1}::int) as counted
  )`;
}

/**
 * The first `limit + 1` tasks of a search for active states, in the order of its direction, found through the index of
 * runs by state. Every run in these states is looked at once, and a task only when its turn comes: the cost follows the
 * runs in these states, never the table. Where other filters leave few of them, more are taken and looked up.
 */
export async function scanActiveTasks(
  db: Database,
  queues: string[],
  search: TaskSearch,
): Promise<TaskRow[]> {
  const rows: TaskRow[] = [];
  let { range } = search;
  for (let most = search.limit + 1; ; most *= 8) {
    const active = await listActive(db, queues, { ...search, range }, most);
    const last = active.at(-1)?.id;
    if (last === undefined) return rows;
    const wanted = { ...search, range, limit: search.limit - rows.length };
    const own = (queue: string) => ({
      ...wanted,
      ids: active.flatMap((run) => (run.queue === queue ? run.id : [])),
    });
    const holding = queues.filter((queue) => active.some((run) => run.queue === queue));
    rows.push(...(await scanTasks(db, holding, wanted, "walk", own)));
    if (rows.length > search.limit || active.length < most) return rows;
    range = beyond(range, search.direction, last);
  }
}

/** The tasks of the first runs in the states and the range of a search, by id. */
async function listActive(
  db: Database,
  queues: string[],
  { range, direction, query }: TaskSearch,
  most: number,
): Promise<{ queue: string; id: Uuid }[]> {
  if (queues.length === 0) return [];
  const order = direction === "older" ? sql`desc` : sql`asc`;
  const arms = queues.map((queue) => {
    const { runs } = queueTables(queue);
    // The index of runs by state it has to be: `is true` and `offset` keep out the one by task, which would have to be
    // read from end to end, be it for the range or for the order.
    return sql`(
      select ${queue}::text as queue, id from (
        select ${runs.taskId} as id from ${runs}
        where ${runs.state} = any(${sql.param(query.state)}::text[])
          and (${runs.taskId} >= ${range.from}::uuid) is true
          and (${runs.taskId} < ${range.to}::uuid) is true
        offset 0
      ) as of_states
      order by id ${order} limit ${most}::int
    )`;
  });
  const { rows } = await db.execute<{ queue: string; id: Uuid }>(sql`
    select * from (${sql.join(arms, sql` union all `)}) as active
    order by id ${order} limit ${most}::int`);
  return rows;
}
