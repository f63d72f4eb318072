import { and, gt, gte, inArray, lt, lte, or, type SQL, sql } from "drizzle-orm";
import type { QueueTables } from "@/lib/db/schema";
import { isTenantOf } from "@/lib/db/tenants";
import { uuidFloor, uuidMilliseconds } from "@/lib/model/key-range";
import {
  type AttemptsCondition,
  jsonBound,
  jsonCandidates,
  type PathCondition,
} from "@/lib/search-params/tasks-conditions";
import type { JsonPath } from "@/lib/search-params/tasks-paths";
import { isRedacting } from "./redact";
import type { TaskSearch } from "./task-rows";

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
