import { getTableName, SQL, sql } from "drizzle-orm";
import { alias, PgDialect, type PgTable } from "drizzle-orm/pg-core";
import { getDatabase } from "@/lib/db/databases";
import { integer, uuid } from "@/lib/db/decode";
import { query } from "@/lib/db/query";
import { replaceTable } from "@/lib/db/restricted-tables";
import { getTablesVersion, queueTables } from "@/lib/db/schema";
import { type Database, keepPlans } from "@/lib/db/snapshot";
import { uuidFloor, uuidMilliseconds } from "@/lib/model/key-range";
import { NO_QUERY } from "@/lib/search-params/tasks/query";
import { inPortions } from "../scope/portions";
import type { SearchedTables } from "./anywhere";
import type { Head } from "./heads";
import { taskConditions } from "./scan";
import type { TaskSearch } from "./task-search";

const dialect = new PgDialect();

/** The longest statement, in characters, unless one queue needs more: the session keeps no longer one. */
const LONGEST = 48_000;

/** How many characters a statement has for each arm, beside it. */
const AROUND = 100;

/** Texts of whole statements, the same string each time. */
const statements = new Map<string, string>();
const MOST_STATEMENTS = 100;

/**
 * The first `limit + 1` tasks of each portion of many queues in the range of a search that match it, in its direction,
 * by statements that the session keeps. Not for viewers of only some tenants, nor for known ids.
 *
 * Conditions that take long to plan apply once to the rows of all queues of a statement, which then reads all rows of the
 * range that match the others.
 */
export async function listMatches(db: Database, search: TaskSearch): Promise<Head[]> {
  const { near, far } = splitConditions(search);
  return inPortions(db, search.queues, async (names) => {
    const longest = names.reduce((one, name) => (name.length > one.length ? name : one), "");
    const arm = writeArm(longest, near, far !== null).sql.length + AROUND;
    const outer = far ? writeOuter(longest, far).sql.length : 0;
    const size =
      arm + outer > LONGEST ? names.length : Math.max(1, Math.floor((LONGEST - outer) / arm));
    const parts: Promise<Head[]>[] = [];
    for (let start = 0; start < names.length; start += size)
      parts.push(listPart(db, names.slice(start, start + size), near, far));
    return (await Promise.all(parts)).flat();
  });
}

async function listPart(
  db: Database,
  names: readonly string[],
  near: TaskSearch,
  far: TaskSearch | null,
): Promise<Head[]> {
  const rows = await query(keepPlans(db), { place: integer, id: uuid }, write(names, near, far));
  return rows.map(({ place, id }) => ({ queue: names[place] ?? "", id }));
}

/** The conditions with short texts, and the others if there are any: about errors, and about any value. */
function splitConditions(search: TaskSearch): { near: TaskSearch; far: TaskSearch | null } {
  const { any, error, worker, where, ...rest } = search.query;
  const ofErrors = where.filter(({ path }) => path.source === "error");
  const isAboutError = error.length + ofErrors.length > 0;
  if (!isAboutError && any.length === 0) return { near: search, far: null };
  // The same attempt must match the worker and the error.
  const far = { ...NO_QUERY, any, error, where: ofErrors, worker: isAboutError ? worker : [] };
  const near = {
    ...{ ...rest, any: [], error: [], worker: isAboutError ? [] : worker },
    where: where.filter(({ path }) => path.source !== "error"),
  };
  return { near: { ...search, query: near }, far: { ...search, query: far } };
}

/** The statement for these queues. Only its parameters differ between searches with the same kinds of conditions. */
function write(names: readonly string[], near: TaskSearch, far: TaskSearch | null): SQL {
  const [first = ""] = names;
  const { direction, limit } = near;
  const page = `order by id ${direction === "older" ? "desc" : "asc"} limit ${limit + 1}`;
  const arm = writeArm(first, near, far !== null);
  const outer = far && writeOuter(first, far);
  const key = [getDatabase().name, getTablesVersion(), arm.sql, outer?.sql, page, names];
  const text = remember(JSON.stringify(key), () => {
    const arms = names.map((name, place) => {
      const { sql: one } = writeArm(name, near, far !== null);
      return far
        ? `select ${place} as place, ${one}`
        : `select ${place} as place, part.* from (select ${one} ${page}) part`;
    });
    const all = arms.join(" union all ");
    if (!outer) return all;
    const conditions = outer.sql.replace(
      /\$(\d+)/g,
      (_, number) => `$${Number(number) + arm.params.length}`,
    );
    return `select place, task_id as id from (${all} offset 0) as ${ROWS} where ${conditions} ${page}`;
  });
  const params = [...arm.params, ...(outer?.params ?? [])];
  const statement = new SQL([]);
  statement.toQuery = () => ({ sql: text, params });
  return statement;
}

function remember(key: string, make: () => string): string {
  const known = statements.get(key);
  if (known !== undefined) return known;
  const text = make();
  if (statements.size >= MOST_STATEMENTS) statements.clear();
  statements.set(key, text);
  return text;
}

const render = (part: SQL) => dialect.sqlToQuery(part);

/** A quoted name or text, which may contain any spaces, or spaces. */
const NAME_OR_SPACES = /("[^"]*"|'[^']*')|\s+/g;

/** What follows `select` for one queue: the ids that match, or the rows to which further conditions apply. */
function writeArm(
  queue: string,
  search: TaskSearch,
  isOfRows: boolean,
): { sql: string; params: unknown[] } {
  const { tasks, runs, checkpoints, ...tables } = queueTables(queue);
  const from = uuidFloor(uuidMilliseconds(search.range.from));
  const columns = isOfRows
    ? sql`${ROW}, case when state <> 'completed' or attempts > 1 then array(select ${RUN} from ${runs}
        where ${runs.taskId} = ${tasks.taskId} and ${runs.runId} >= ${from}::uuid) end as tries`
    : sql`task_id as id`;
  const conditions = taskConditions({ tasks, runs, checkpoints, ...tables }, search);
  const rendered = render(sql`${columns} from ${tasks} where ${conditions}`);
  const named: [PgTable, string][] = [
    [tasks, "t"],
    [runs, "r"],
    [checkpoints, "c"],
  ];
  const text = named.reduce((whole, [table, short]) => shorten(whole, table, short), rendered.sql);
  return { ...rendered, sql: text.replace(NAME_OR_SPACES, (_, name) => name ?? " ") };
}

/** The further conditions on the rows of all arms, whose tables are like those of any queue. */
function writeOuter(queue: string, search: TaskSearch): { sql: string; params: unknown[] } {
  return render(sql`${taskConditions(tablesOfRows(queue), search)}`);
}

/** Gives a table a short alias, which takes less memory than its name at each column. */
function shorten(text: string, table: PgTable, short: string): string {
  const name = render(sql`${table}`).sql;
  // As a replacement, a name with dollar signs would be a pattern.
  return text.replaceAll(`${name}.`, `${short}.`).replaceAll(name, () => `${name} ${short}`);
}

/** The columns of a task to which conditions may apply, and those of its attempts with the stored size of the error. */
const ROW = sql.raw("task_id, task_name, params, headers, completed_payload, state, attempts");
const RUN = sql.raw(
  "row(r.task_id, r.run_id, r.claimed_by, r.wake_event, r.failure_reason, pg_column_size(r.failure_reason))",
);
const ROWS = "found";

/** The rows of all arms as the tables of one queue. `of` is any of the queues. */
function tablesOfRows(of: string): SearchedTables {
  const { tasks, runs, ...tables } = queueTables(of);
  const attempts = replaceTable(
    runs,
    sql`select * from unnest(${sql.identifier(ROWS)}.tries) as tries (task_id uuid, run_id uuid, claimed_by text,
      wake_event text, failure_reason jsonb, failure_bytes integer)`,
  );
  return {
    ...tables,
    tasks: alias(tasks, ROWS) as unknown as typeof tasks,
    runs: attempts,
    failureBytes: sql`${sql.identifier(getTableName(runs))}.failure_bytes`,
  };
}
