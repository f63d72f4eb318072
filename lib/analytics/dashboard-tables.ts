import "server-only";
import { sql } from "drizzle-orm";
import { toIso } from "@/lib/db/schema";
import { type Database, type ReadOptions, readSnapshot } from "@/lib/db/snapshot";
import { toReadError } from "./errors";
import type { Iso } from "./types";

/**
 * Reads the dashboard's own tables in one snapshot, with the database's clock. `installed` is false where this table is
 * absent; they come with `npm run db:migrate`.
 *
 * @throws what `toReadError` knows.
 */
export async function readDashboardTable<T>(
  table: "audit_entry" | "bulk_job",
  options: ReadOptions,
  read: (db: Database, scope: { now: Iso; installed: boolean }) => Promise<T>,
): Promise<T> {
  try {
    return await readSnapshot(async (db) => {
      const { rows } = await db.execute<{ now: string; installed: boolean }>(sql`
        select clock_timestamp() as now,
               to_regclass(${`absurd_dashboard.${table}`}::text) is not null as installed`);
      const [row] = rows;
      return read(db, { now: toIso(row?.now ?? ""), installed: row?.installed ?? false });
    }, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    throw toReadError(error);
  }
}
