import "server-only";
import { type SQL, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import { boolean, instant } from "@/lib/db/decode";
import { query } from "@/lib/db/query";
import { isViewRedacted, redactionRules } from "@/lib/db/redaction";
import { type Database, inSnapshot, type ReadOptions } from "@/lib/db/snapshot";
import { isUnrestricted } from "@/lib/db/tenants";
import type { Iso } from "@/lib/model/instants";
import { translateReadError } from "@/lib/model/sqlstate";
import { isPathRedacted } from "@/lib/redaction/rules";
import { auditSearchParams } from "@/lib/search-params/audit";
import { parseAsList } from "@/lib/search-params/parsers";
import { formatCondition, parseCondition } from "@/lib/search-params/tasks/conditions";
import { exportSearchParams } from "@/lib/search-params/tasks/export";
import { tasksSearchParams } from "@/lib/search-params/tasks/filters";
import { workflowsSearchParams } from "@/lib/search-params/workflows";
import { isTextShown } from "./redact";
import { filteredTable } from "./registry";

/** Whether a table exists, and which columns of later versions it has; with the database's clock. */
type DashboardTable = { now: Iso; installed: boolean; tenants: boolean; actors: boolean };

/**
 * Runs `read` over one of the dashboard's own tables in one snapshot, with the database's clock. `installed` is
 * false without the table, which `absurd-dashboard migrate` creates. `tenants` is true if its version has a column
 * for tenants; for a viewer with a restricted scope, a version without it counts as not installed.
 *
 * @throws as `translateReadError` does.
 */
export async function withDashboardTable<T>(
  table: "audit_entry" | "bulk_job",
  options: ReadOptions,
  read: (db: Database, scope: DashboardTable) => Promise<T>,
): Promise<T> {
  try {
    return await inSnapshot(async (db) => {
      const [found] = await query(
        db,
        { now: instant, installed: boolean, filtered: boolean, tenants: boolean, actors: boolean },
        sql`
        select clock_timestamp() as now, id is not null as installed,
          coalesce(row_security_active(id::oid), false) as filtered, exists (
            select from pg_attribute where attrelid = id and attname = 'tenants'
          ) as tenants, exists (
            select from pg_attribute where attrelid = id and attname = 'subject'
          ) as actors
        from to_regclass(${`absurd_dashboard.${table}`}::text) as id`,
      );
      if (!found) throw new Error("A query without a table returned no row");
      const { installed, filtered, tenants } = found;
      if (filtered) throw filteredTable(`absurd_dashboard.${table}`);
      return read(db, { ...found, installed: installed && (tenants || isUnrestricted()) });
    }, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    throw translateReadError(error);
  }
}

/** Filters of lists. */
const FILTERS = new Set(
  [tasksSearchParams, exportSearchParams, workflowsSearchParams, auditSearchParams].flatMap(
    (parameters) => Object.keys(parameters),
  ),
);

/** Filters that quote users' values. The others are names, states and times. */
const QUOTING = new Set(["any", "error", "where", "tag"]);

/**
 * The query string of a list, as the viewer may see it: its author may see more than this viewer. Conditions keep
 * their paths and lose the values that are redacted for the viewer in a task.
 */
export function showFilters(filters: string): string {
  if (!isViewRedacted()) return filters;
  const shown = new URLSearchParams(filters);
  const names = [...new Set(shown.keys())];
  // Unknown parameters may hold anything.
  if (!names.every((name) => FILTERS.has(name))) return MASK;
  let isMasked = false;
  for (const name of names.filter((name) => QUOTING.has(name))) {
    const terms = parseAsList.parse(shown.getAll(name)) ?? [];
    const masked = terms.map((term) => showTerm(name, term));
    isMasked ||= masked.some((term, index) => term !== terms[index]);
    shown.delete(name);
    for (const value of parseAsList.serialize(masked)) shown.append(name, value);
  }
  return isMasked ? `?${shown}` : filters;
}

const MASK = "[redacted]";

function showTerm(name: string, term: string): string {
  const rules = redactionRules();
  if (name !== "where") {
    const root = name === "error" ? "error" : name === "tag" ? "tags" : "params";
    return rules.everything || !isTextShown(root, term) ? MASK : term;
  }
  const condition = parseCondition(term);
  if (!condition) return MASK;
  const { path, value } = condition;
  const isShown =
    !isPathRedacted(rules, path.source, path.steps) && isTextShown(path.source, value.text);
  return isShown ? term : formatCondition({ ...condition, value: { text: MASK, quoted: true } });
}

/**
 * The condition that a row concerns one of these tenants; false for tables of an earlier version, which don't record
 * tenants.
 */
export function concerns(column: PgColumn | false, tenants: readonly string[]): SQL {
  return column ? sql`${column} && ${sql.param([...tenants])}::text[]` : sql`false`;
}
