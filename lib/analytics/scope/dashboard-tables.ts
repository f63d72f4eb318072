import "server-only";
import { type SQL, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import { boolean, instant } from "@/lib/db/decode";
import { query } from "@/lib/db/query";
import { type Database, inSnapshot, type ReadOptions } from "@/lib/db/snapshot";
import { isUnrestricted } from "@/lib/db/tenants";
import { getViewer } from "@/lib/db/viewer";
import type { Iso } from "@/lib/model/instants";
import { translateReadError } from "@/lib/model/sqlstate";
import { parseAsList } from "@/lib/search-params/parsers";
import { formatCondition, parseCondition } from "@/lib/search-params/tasks/conditions";

/** Whether a table exists, and which columns of later versions it has; with the database's clock. */
type DashboardTable = { now: Iso; installed: boolean; tenants: boolean; actors: boolean };

/**
 * Runs `read` over one of the dashboard's own tables in one snapshot, with the database's clock. `installed` is
 * false without the table, which `absurd-dashboard migrate` creates. `tenants` is whether its version has a column for
 * tenants; a viewer with a restricted scope treats any other as not installed.
 *
 * @throws what `translateReadError` knows.
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
        { now: instant, installed: boolean, tenants: boolean, actors: boolean },
        sql`
        select clock_timestamp() as now, id is not null as installed, exists (
            select from pg_attribute where attrelid = id and attname = 'tenants'
          ) as tenants, exists (
            select from pg_attribute where attrelid = id and attname = 'subject'
          ) as actors
        from to_regclass(${`absurd_dashboard.${table}`}::text) as id`,
      );
      if (!found) throw new Error("A query without a table returned no row");
      const { installed, tenants } = found;
      return read(db, { ...found, installed: installed && (tenants || isUnrestricted()) });
    }, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    throw translateReadError(error);
  }
}

/** Filters of lists that quote values of users. The others are names, states and times. */
const QUOTING = ["any", "error", "where", "tag"] as const;

/**
 * The query string of a list, as the viewer may see it: without payloads, the conditions keep their paths and lose the values
 * that somebody else searched.
 */
export function showFilters(filters: string): string {
  if (getViewer().payloads) return filters;
  const shown = new URLSearchParams(filters);
  const quoting = QUOTING.filter((name) => shown.has(name));
  for (const name of quoting) {
    const terms = parseAsList.parse(shown.getAll(name)) ?? [];
    shown.delete(name);
    const masked = terms.map((term) => (name === "where" ? maskCondition(term) : MASK));
    for (const value of parseAsList.serialize(masked)) shown.append(name, value);
  }
  return quoting.length === 0 ? filters : `?${shown}`;
}

const MASK = "[redacted]";

function maskCondition(term: string): string {
  const condition = parseCondition(term);
  return condition ? formatCondition({ ...condition, value: { text: MASK, quoted: true } }) : MASK;
}

/**
 * The condition that a row concerns one of these tenants; false for tables of an earlier version, which don't record
 * tenants.
 */
export function concerns(column: PgColumn | false, tenants: readonly string[]): SQL {
  return column ? sql`${column} && ${sql.param([...tenants])}::text[]` : sql`false`;
}
