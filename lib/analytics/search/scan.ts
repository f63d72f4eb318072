import { and, gt, gte, inArray, lt, lte, or, type SQL, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import { text, uuid } from "@/lib/db/decode";
import { query } from "@/lib/db/query";
import { isViewRedacted, redactionRules } from "@/lib/db/redaction";
import { ownFirst, type QueueTables, queueTables, queueTablesOfAllTenants } from "@/lib/db/schema";
import type { Database } from "@/lib/db/snapshot";
import { getTenants, matchesTenants } from "@/lib/db/tenants";
import type { Uuid } from "@/lib/model/ids";
import { beyond, uuidFloor, uuidMilliseconds } from "@/lib/model/key-range";
import { ACTIVE_STATES, isActive, type TaskState } from "@/lib/model/states";
import { mapInTurns } from "@/lib/model/work/turns";
import { isPathRedacted } from "@/lib/redaction/rules";
import {
  type AttemptsCondition,
  type JsonPath,
  jsonBound,
  jsonCandidates,
  type PathCondition,
} from "@/lib/search-params/tasks/conditions";
import { queryPortions } from "../scope/portions";
import { comparableText, maskablePattern } from "../scope/redact";
import { MANY_QUEUES } from "../scope/union";
import { containsPattern, matchesAnywhere, type SearchedTables } from "./anywhere";
import { queryTaskRows, selectRow, type TaskRow } from "./rows";
import type { TaskSearch } from "./task-search";

/**
 * How to find matches in a range:
 * - `walk`: along the primary key, until the page is full. For searches that nearly every row matches.
 * - `sweep`: every row of the range in the cheapest order, then sorted. For bounded ranges: walking a large cold
 *   heap backwards by its key costs ten times as much.
 */
export type Strategy = "walk" | "sweep";

/**
 * The first `limit + 1` tasks of a search, in its direction, by one statement. `searchOf` returns the search of
 * one queue, for searches that differ by queue.
 */
export async function scanTasks(
  db: Database,
  search: TaskSearch,
  strategy: Strategy,
  searchOf: (queue: string) => TaskSearch = () => search,
): Promise<TaskRow[]> {
  if (search.queues.length === 0) return [];
  const order = search.direction === "older" ? sql`desc` : sql`asc`;
  const arms = await mapInTurns(search.queues, (queue) => {
    const tables = queueTables(queue);
    const page =
      strategy === "sweep" ? sql`` : sql`order by task_id ${order} limit ${search.limit + 1}::int`;
    return sql`(${selectRow(queue, tables)} where ${taskConditions(tables, searchOf(queue))} ${page})`;
  });
  return queryTaskRows(db, arms, order, search.limit + 1, { isFenced: strategy === "sweep" });
}

/** Whether a search is for active states only. */
export function isForActive({ query: { state: states } }: TaskSearch): boolean {
  return states.length > 0 && states.every((state) => isActive(state));
}

/**
 * Whether at most this many runs of these queues are in the active ones of these states, as SQL without parameters,
 * whose plan may be kept; scans only as many as it needs.
 */
export function isAtMostActive(queues: string[], states: TaskState[], most: number): SQL {
  const active = ACTIVE_STATES.filter((state) => states.includes(state));
  const list = sql.raw(active.map((state) => `'${state}'`).join(", "));
  const limit = sql.raw(`${most + 1}`);
  const arms = queues.map((queue) => {
    // The cheaper plan depends on the whole index, with the runs of all tenants.
    const { runs } = queueTablesOfAllTenants(queue);
    return sql`(select from ${runs} where ${runs.state} in (${list}) limit ${limit})`;
  });
  return sql`(
    select count(*) < ${limit}
    from (select from (${sql.join(arms, sql` union all `)}) as found limit ${limit}) as counted
  )`;
}

/**
 * The first `limit + 1` tasks of a search for active states, in its direction, found through the index of runs by
 * state. Reads each run in these states once, and tasks only in batches starting at the cursor: the cost depends
 * on the runs in these states, never on the table. If other filters leave few matches, the batches grow.
 */
export async function scanActiveTasks(db: Database, search: TaskSearch): Promise<TaskRow[]> {
  const rows: TaskRow[] = [];
  let { range } = search;
  for (let most = search.limit + 1; ; most *= 8) {
    const active = await listActive(db, { ...search, range }, most);
    const last = active.at(-1)?.id;
    if (last === undefined) return rows;
    const queues = search.queues.filter((queue) => active.some((run) => run.queue === queue));
    const wanted = { ...search, queues, range, limit: search.limit - rows.length };
    const searchOf = (queue: string) => ({
      ...wanted,
      ids: active.flatMap((run) => (run.queue === queue ? run.id : [])),
    });
    rows.push(...(await scanTasks(db, wanted, "walk", searchOf)));
    if (rows.length > search.limit || active.length < most) return rows;
    range = beyond(range, search.direction, last);
  }
}

/** The tasks of the first runs in the states and the range of a search, by id. */
async function listActive(
  db: Database,
  { queues, range, direction, query: { state: states } }: TaskSearch,
  most: number,
): Promise<{ queue: string; id: Uuid }[]> {
  if (queues.length === 0) return [];
  const order = direction === "older" ? sql`desc` : sql`asc`;
  // `is true` and `offset` force the index of runs by state. The planner could instead read the whole index by task, for
  // the range or for the order.
  const select = (queue: string, wanted: SQL, from: SQL, to: SQL) => {
    const { runs } = queueTables(queue);
    return sql`select id from (
        select ${runs.taskId} as id from ${runs}
        where ${runs.state} = any(${wanted}::text[])
          and (${runs.taskId} >= ${from}::uuid) is true
          and (${runs.taskId} < ${to}::uuid) is true
        offset 0
      ) as in_states
      order by id ${order}`;
  };
  if (queues.length >= MANY_QUEUES && getTenants() === null) {
    const found = await queryPortions(db, { id: uuid }, queues, {
      key: `active ids ${direction}`,
      start: sql`with wanted(states, low, high, most) as (
        select ${sql.param(states)}::text[], ${range.from}::uuid, ${range.to}::uuid, ${most}::int)`,
      write: (queue) =>
        sql`(${select(queue, sql.raw("$1"), sql.raw("$2"), sql.raw("$3"))} limit $4)`,
    });
    const sign = direction === "older" ? -1 : 1;
    return found.sort((a, b) => (a.id < b.id ? -sign : sign)).slice(0, most);
  }
  const arms = queues.map((queue) => {
    const found = select(queue, sql`${sql.param(states)}`, sql`${range.from}`, sql`${range.to}`);
    return sql`(select ${queue}::text as queue, id from (${found} limit ${most}::int) as active)`;
  });
  return query(
    db,
    { queue: text, id: uuid },
    sql`
    select * from (${sql.join(arms, sql` union all `)}) as active
    order by id ${order} limit ${most}::int`,
  );
}

/** The conditions of a search on one queue's tasks, including its range of ids. */
export function taskConditions(tables: SearchedTables, search: TaskSearch): SQL | undefined {
  const { tasks, checkpoints, tenantId } = tables;
  const { range } = search;
  const { state, name, tenant, checkpoint, attempts, where } = search.query;
  return and(
    gte(tasks.taskId, range.from),
    lt(tasks.taskId, range.to),
    search.ids ? sql`${tasks.taskId} = any(${sql.param(search.ids)}::uuid[])` : undefined,
    state.length > 0 ? inStates(tasks.state, state) : undefined,
    ownFirst(
      tables,
      "tasks",
      and(
        isAmong(tasks.name, name),
        tenant.length > 0 ? matchesTenants(tenant, tenantId) : undefined,
        ...attempts.map((condition) => compareAttempts(tasks, condition)),
        ...where
          .filter(({ path }) => path.source !== "error")
          .map((condition) => compareJson(jsonColumn(tables, condition.path), condition)),
        ...checkpoint.map(
          (one) => sql`(
            select true from ${checkpoints}
            where ${checkpoints.taskId} = ${tasks.taskId} and ${checkpoints.name} = ${one}::text limit 1
          )`,
        ),
        ...matchAnywhere(tables, search),
        hasAttempt(tables, search),
      ),
    ),
  );
}

/** States are in the text, so that a kept plan can use an index of some states. */
function inStates(column: PgColumn, states: readonly TaskState[]): SQL {
  return sql`${column} in (${sql.raw(states.map((state) => `'${state}'`).join(", "))})`;
}

function matchAnywhere(tables: SearchedTables, search: TaskSearch): (SQL | undefined)[] {
  const { any } = search.query;
  if (any.length === 0) return [];
  const words = errorWords(tables.runs.failureReason);
  return any.map((part) => matchesAnywhere(tables, search, part, words));
}

/** A list of this many values is one parameter. The planner knows less about it than about few separate values. */
const LIST = 10;

function isAmong(column: PgColumn, values: string[]): SQL | undefined {
  if (values.length === 0) return undefined;
  return values.length < LIST
    ? inArray(column, values)
    : sql`${column} = any(${sql.param(values)}::text[])`;
}

/** The column that a path starts in. */
function jsonColumn({ tasks, runs }: QueueTables, { source }: JsonPath) {
  if (source === "error") return runs.failureReason;
  return { params: tasks.params, headers: tasks.headers, result: tasks.result }[source];
}

/**
 * The condition that the task has an attempt that one of the workers claimed and whose error matches. A scalar
 * subquery, which PostgreSQL never turns into a join over the whole table of runs: it probes an index for each
 * remaining task.
 */
function hasAttempt(tables: QueueTables, { query: wanted, range }: TaskSearch): SQL | undefined {
  const { tasks, runs } = tables;
  const paths = wanted.where.filter(({ path }) => path.source === "error");
  const isAboutError = paths.length + wanted.error.length > 0;
  if (!isAboutError && wanted.worker.length === 0) return undefined;
  const { failureReason } = runs;
  const words = errorWords(failureReason);
  const conditions = and(
    sql`${runs.taskId} = ${tasks.taskId}`,
    // A run is never older than its task, so earlier partitions are pruned.
    gte(runs.runId, uuidFloor(uuidMilliseconds(range.from))),
    isAmong(runs.claimedBy, wanted.worker),
    ...wanted.error.map((part) => sql`${words} ilike ${containsPattern(part)}::text`),
    ...paths.map((condition) => compareJson(failureReason, condition)),
  );
  return and(
    // Any other task had a single attempt, which has not failed.
    isAboutError
      ? sql`(${tasks.state} in ('failed', 'cancelled') or ${tasks.attempts} > 1)`
      : undefined,
    sql`(select true from ${runs} where ${conditions} limit 1)`,
  );
}

/** An error in words, as lists show it, except for those that may hold a redacted value. */
function errorWords(failureReason: QueueTables["runs"]["failureReason"]): SQL {
  const member = (name: "name" | "message") =>
    sql`case when jsonb_typeof(${failureReason} -> ${name}::text) = 'string' then ${failureReason} ->> ${name}::text end`;
  // The whole text of an error that is an object could reveal a redacted value.
  const whole = isViewRedacted()
    ? sql`case jsonb_typeof(${failureReason}) when 'string' then ${failureReason} #>> '{}' end`
    : sql`${failureReason} #>> '{}'`;
  const name = isViewRedacted() ? member("name") : sql`${failureReason} ->> 'name'`;
  return sql`concat_ws(': ', ${comparableText(name)},
    case when jsonb_typeof(${failureReason} -> 'message') = 'string'
      then ${comparableText(member("message"))} else ${comparableText(whole)} end,
    ${nestedErrorTexts(failureReason)})`;
}

/** Names, messages and codes of an error's causes and of the errors of an aggregate, except for redacted ones. */
const NESTED = [["code"], ["cause"], ["cause", "cause"], ["cause", "cause", "cause"]].flatMap(
  (at) =>
    at[0] === "code" ? [at] : [at, ...["name", "message", "code"].map((member) => [...at, member])],
);

function nestedErrorTexts(reason: QueueTables["runs"]["failureReason"]): SQL {
  const rules = redactionRules();
  const texts = NESTED.filter((path) => !isPathRedacted(rules, "error", path)).map((path) => {
    const value = sql`${reason} #> ${sql.param(path)}::text[]`;
    const shown = sql`case when jsonb_typeof(${value}) in ('string', 'number') then ${value} #>> '{}' end`;
    return comparableText(shown);
  });
  const ofErrors = ["name", "message", "code"]
    .filter((member) => !isPathRedacted(rules, "error", ["errors", member]))
    .map((member) => {
      const texts = `lax $.errors[*].${member} ? (@.type() == "string" || @.type() == "number")`;
      return comparableText(sql`jsonb_path_query_array(${reason}, ${texts}::jsonpath)::text`);
    });
  // Most errors have none of these members, and each expression decompresses a large value again.
  return sql`case when ${reason} ?| array['code', 'cause', 'errors']
    then concat_ws(' ', ${sql.join([...texts, ...ofErrors], sql`, `)}) end`;
}

/**
 * Equality is containment, which compares numbers digit by digit and can use an index that a user added. Texts
 * that may hold a redacted value are neither larger nor smaller than another; `refuseHidden` has already refused
 * searches for one of them.
 */
function compareJson(
  column: SQL | ReturnType<typeof jsonColumn>,
  condition: PathCondition,
): SQL | undefined {
  const { path, comparison, value } = condition;
  const matches =
    comparison === ":"
      ? or(...jsonCandidates(value).map((json) => sql`${column} @> ${nest(path, json)}::jsonb`))
      : isBeyondBound(column, condition);
  if (!redactionRules().everything) return matches;
  // While everything is redacted, only these names are shown, and only if they are strings.
  return and(sql`jsonb_typeof(${column} #> ${sql.param(path.steps)}::text[]) = 'string'`, matches);
}

function isBeyondBound(
  column: SQL | ReturnType<typeof jsonColumn>,
  { path, comparison, value }: PathCondition,
): SQL {
  const pattern = maskablePattern();
  const shown =
    pattern === null
      ? ""
      : ` @.type() != "array" && (@.type() != "string" || !(@ like_regex ${JSON.stringify(pattern)})) &&`;
  // A lax path never fails: a missing value, or one of another type than the bound, doesn't match. It compares an
  // array by each of its elements, whose texts the pattern would not see.
  const jsonPath = `$${path.steps
    .map((step) => (step === null ? "[*]" : `.${JSON.stringify(step)}`))
    .join("")} ? (${shown} @ ${comparison} $bound)`;
  return sql`jsonb_path_exists(${column}, ${jsonPath}::jsonpath, ${`{"bound":${jsonBound(value)}}`}::jsonb)`;
}

/** The smallest JSON text with this value at the path. */
function nest({ steps }: JsonPath, json: string): string {
  return steps.reduceRight<string>(
    (inner, step) => (step === null ? `[${inner}]` : `{${JSON.stringify(step)}:${inner}}`),
    json,
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
