import { or, type SQL, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import { isViewRedacted, redactionRules } from "@/lib/db/redaction";
import type { QueueTables } from "@/lib/db/schema";
import { uuidFloor, uuidMilliseconds } from "@/lib/model/key-range";
import { LINKS, type RedactionRules } from "@/lib/redaction/rules";
import { comparableText, maskablePattern } from "../scope/redact";
import type { TaskSearch } from "./task-search";

/** In bytes. Larger stored values are skipped: a single one could take longer than a whole window. */
const MOST_BYTES = 1_048_576;

/** The tables of a search. */
export type SearchedTables = QueueTables & {
  /** The stored size of a run's `failureReason`, if its column is not the stored one. */
  failureBytes?: SQL;
};

/**
 * The condition that a text is part of a value in the task's params, headers or result, of an attempt's error, of
 * the event that it waits for, or of its name; case is ignored. Keys are not searched. A redacted value never
 * matches, nor a string that could hold one. `errorWords` is the error as lists show it.
 */
export function matchesAnywhere(
  { tasks, runs, failureBytes }: SearchedTables,
  { range }: Pick<TaskSearch, "range">,
  part: string,
  errorWords: SQL,
): SQL | undefined {
  const contains = containsPattern(part);
  return or(
    sql`${tasks.name} ilike ${contains}::text`,
    containsValue(tasks.params, "params", part),
    containsValue(tasks.headers, "headers", part),
    containsValue(tasks.result, "result", part),
    // A scalar subquery probes an index for each task. A task that completed at once has neither error nor wait.
    sql`(${tasks.state} <> 'completed' or ${tasks.attempts} > 1) and (
      select true from ${runs}
       where ${runs.taskId} = ${tasks.taskId} and ${runs.runId} >= ${uuidFloor(uuidMilliseconds(range.from))}::uuid
         and (${runs.wakeEvent} ilike ${contains}::text or ${containsValue(runs.failureReason, "error", part, failureBytes)}
              ${isViewRedacted() ? sql`` : sql`or ${errorWords} ilike ${contains}::text`})
       limit 1)`,
  );
}

/**
 * Tests the text of the whole value first, so that only few values are taken apart. While anything is redacted,
 * this applies only to values without any redacted key: otherwise the duration of a search would reveal whether
 * the text is in a redacted value.
 */
function containsValue(
  column: PgColumn,
  root: string,
  part: string,
  bytes = sql`pg_column_size(${column})`,
): SQL {
  const rules = redactionRules();
  const pattern = maskablePattern(root);
  const escaped = JSON.stringify(part).slice(1, -1);
  const found = sql`leaf.value #>> '{}' ilike ${containsPattern(part)}::text`;
  const anywhere = sql`${column}::text ilike ${containsPattern(escaped)}::text and exists (
    select from jsonb_path_query(${column}, 'lax $.**') as leaf (value)
     where jsonb_typeof(leaf.value) not in ('object', 'array') and ${found})`;
  return sql`case
    when ${column} is null or ${bytes} > ${MOST_BYTES}::int then false
    ${
      pattern === null
        ? sql``
        : sql`when ${column}::text ~ ${pattern}::text
            then exists (select from ${visibleLeaves(column, root, rules)} and ${found})`
    }
    else ${anywhere} end`;
}

/**
 * The part of a value that is not redacted, as `from … where …`: it is walked from its root, and redacted members
 * are not entered. Errs on the safe side: a key beyond ASCII counts as redacted, because the server may fold its
 * case differently, and so does a string that may hold JSON or text with a redacted key.
 */
function visibleLeaves(column: PgColumn, root: string, { patterns }: RedactionRules): SQL {
  const redacted = sql.param(patterns.map(({ keys }) => pathPattern(keys)));
  const links = sql.param(root === "headers" ? [...LINKS] : []);
  return sql`(
    with recursive node (path, value, depth) as (
      select ${root}::text, ${column}, 0
       where ${root}::text = 'headers' or not ${root}::text ~ any(${redacted}::text[])
      union all
      select case when member.key is null then node.path else node.path || '.' || lower(member.key) end,
             member.value, node.depth + 1
        from node cross join lateral (
          select key, value
            from jsonb_each(case jsonb_typeof(node.value) when 'object' then node.value else '{}' end)
          union all
          select null, value
            from jsonb_array_elements(case jsonb_typeof(node.value) when 'array' then node.value else '[]' end)
        ) as member (key, value)
       where member.key is null
          or (node.depth = 0 and member.key = any(${links}::text[]))
          or (member.key ~ '^[\x01-\x7f]*$'
              and (node.depth > 0 or not node.path ~ any(${redacted}::text[]))
              and not (node.path || '.' || lower(member.key)) ~ any(${redacted}::text[]))
    )
    select value from node
  ) as leaf (value)
  where jsonb_typeof(leaf.value) not in ('object', 'array')
    and ${comparableText(sql`leaf.value #>> '{}'`)} is not null`;
}

/** A regular expression for the end of a path, with its keys in lower case and joined by dots. */
function pathPattern(keys: RedactionRules["patterns"][number]["keys"]): string {
  const literal = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  return `(?:^|\\.)${keys.map((parts) => parts.map(literal).join("[^.]*")).join("\\.")}$`;
}

/** A pattern for `like` that matches texts with this part. */
export function containsPattern(part: string): string {
  return `%${part.replace(/[\\%_]/g, "\\$&")}%`;
}
