import "server-only";
import { type SQL, sql } from "drizzle-orm";
import type { Database, ReadOptions } from "@/lib/db/snapshot";
import type { Iso } from "@/lib/model/instants";
import type { WorkflowRunPage } from "@/lib/model/workflow";
import { isPathHidden } from "@/lib/redaction/rules";
import { rangeMilliseconds } from "@/lib/search-params/parsers";
import type { WorkflowFilters } from "@/lib/search-params/workflows";
import { ReadError } from "./errors";
import { redactionRules } from "./redact";
import { readQueues } from "./registry";
import { decodeWorkflowCursor, encodeWorkflowCursor, type WorkflowKey } from "./workflow-cursor";
import { selectRun, type WorkflowRunRow, withRoots } from "./workflow-run-rows";
import {
  describeTables,
  readWorkflowColumns,
  runColumn,
  type WorkflowColumns,
} from "./workflow-tables";

/**
 * One page of workflow runs, newest first; by id where the table does not record when they were made. Every filter
 * holds at once; one for a column that the table lacks matches nothing. Pages neither repeat nor skip a run while
 * others are added. A database without the table has an empty page that says so in `tables`.
 *
 * @throws ReadError `bad_request` for a foreign cursor, and what `readQueues` throws.
 */
export function listWorkflowRuns(
  filters: WorkflowFilters,
  options: ReadOptions = {},
): Promise<WorkflowRunPage> {
  return readQueues([], options, async ({ db, now, queues }) => {
    const columns = await readWorkflowColumns(db, queues);
    const tables = describeTables(columns);
    const page = { rows: [], older: null, newer: null, now, tables };
    if (!tables.runs) return page;
    const from = filters.cursor === null ? null : decodeWorkflowCursor(filters.cursor);
    const found = await readPage(db, columns, filters, from, now);
    const isOlder = from?.direction !== "newer";
    const shown = found.slice(0, filters.limit);
    const key = (row: WorkflowRunRow | undefined) => row && { moment: row.moment, id: row.id };
    const ahead = found.length > filters.limit ? key(shown.at(-1)) : undefined;
    const behind = from ? (key(shown[0]) ?? from.key) : undefined;
    const older = isOlder ? ahead : behind;
    const newer = isOlder ? behind : ahead;
    return {
      ...page,
      rows: await withRoots(db, queues, isOlder ? shown : shown.reverse()),
      older: older ? encodeWorkflowCursor("older", older) : null,
      newer: newer ? encodeWorkflowCursor("newer", newer) : null,
    };
  });
}

type From = { direction: "older" | "newer"; key: WorkflowKey } | null;

async function readPage(
  db: Database,
  columns: WorkflowColumns,
  filters: WorkflowFilters,
  from: From,
  now: Iso,
): Promise<WorkflowRunRow[]> {
  const older = from?.direction !== "newer";
  const order = older ? sql`desc` : sql`asc`;
  const beyond = from ? [isBeyond(columns, from.key, older)] : [];
  const conditions = [sql`true`, ...conditionsOf(columns, filters, now), ...beyond];
  const { rows } = await db.execute<WorkflowRunRow>(sql`
    select ${selectRun(columns)} from ${columns.from.runs}
    where ${sql.join(conditions, sql` and `)}
    order by ${columns.dated ? sql`w.created_at ${order}, ` : sql``}w.workflow_run_id ${order}
    limit ${filters.limit + 1}::int`);
  return rows;
}

function isBeyond({ dated }: WorkflowColumns, { moment, id }: WorkflowKey, older: boolean): SQL {
  const sign = older ? sql`<` : sql`>`;
  if (!dated || moment === "") return sql`w.workflow_run_id ${sign} ${id}::uuid`;
  return sql`(w.created_at, w.workflow_run_id) ${sign} (${moment}::timestamptz, ${id}::uuid)`;
}

function conditionsOf(columns: WorkflowColumns, filters: WorkflowFilters, now: Iso): SQL[] {
  const among = (name: string, values: readonly string[]) =>
    values.length === 0
      ? []
      : [sql`${runColumn(columns, name)}::text = any(${sql.param(values)}::text[])`];
  const time = runColumn(columns, columns.dated ? "created_at" : "started_at");
  const { after, before, range } = filters;
  const since = range && new Date(Date.parse(now) - rangeMilliseconds(range)).toISOString();
  return [
    ...among("workflow_name", filters.name),
    ...among("workflow_version", filters.version),
    ...among("status", filters.status),
    ...among("tenant_id", filters.tenant),
    ...among("created_by", filters.creator),
    ...filters.tag.map((tag) => hasTag(runColumn(columns, "tags"), tag)),
    ...[after, since].flatMap((at) => (at ? [sql`${time} >= ${at}::timestamptz`] : [])),
    ...(before ? [sql`${time} < ${before}::timestamptz`] : []),
  ];
}

/** `key=value` matches the text, and the number or word of JSON that is written the same. */
function hasTag(tags: SQL, tag: string): SQL {
  const at = tag.indexOf("=");
  if (at < 0) return sql`jsonb_exists(${tags}::jsonb, ${tag})`;
  if (isPathHidden(redactionRules(), "tags", [tag.slice(0, at)]))
    throw new ReadError("bad_request", "This tag cannot be searched: the configuration hides it.");
  const [key, value] = [JSON.stringify(tag.slice(0, at)), tag.slice(at + 1)];
  const forms = [JSON.stringify(value), ...(LITERAL.test(value) ? [value] : [])];
  const matches = forms.map((form) => sql`${tags}::jsonb @> ${`{${key}:${form}}`}::jsonb`);
  return sql`(${sql.join(matches, sql` or `)})`;
}

const LITERAL = /^(true|false|null|-?(0|[1-9]\d{0,30})(\.\d{1,30})?)$/;
